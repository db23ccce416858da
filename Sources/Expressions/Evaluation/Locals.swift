import FlowModel

/// The variables that a template makes: `set`, loops, macro arguments. A small stack, searched from its top.
struct Locals {
    /// How a value prints by itself, where that is not as a map.
    enum Look {
        case value
        /// An entry of a map that a loop walks over: `key=value`.
        case entry
        /// The `loop` variable: in plain form.
        case plain
    }

    private struct Local {
        var name: String
        var value: Value
        var look = Look.value
    }

    /// A scope on the stack: where its variables begin, and whether those of the scopes below can be seen.
    private struct Frame {
        var base: Int
        var hidesOuter: Bool
    }

    private var stack: [Local] = []
    private var frames: [Frame] = []
    /// The first variable that can be seen: that of the innermost macro call.
    private var floor = 0

    /// Whether there is nothing to look at, not even a macro's empty scope.
    var isEmpty: Bool { stack.isEmpty && frames.isEmpty }
    /// Whether the root variables are hidden: inside a macro.
    private(set) var hidesRoot = false

    /// The visible names, the innermost first.
    var names: [String] { stack[floor...].reversed().map(\.name) }

    func value(of name: String) -> Value? {
        var index = stack.count
        while index > floor {
            index -= 1
            if stack[index].name == name { return stack[index].value }
        }
        return nil
    }

    /// How the variable prints.
    func look(of name: String) -> Look {
        guard let index = stack[floor...].lastIndex(where: { $0.name == name }) else { return .value }
        return stack[index].look
    }

    /// Changes the nearest variable of that name, or makes one in the innermost scope.
    mutating func set(_ name: String, _ value: Value, existsInRoot: Bool) {
        if let index = stack[floor...].lastIndex(where: { $0.name == name }) {
            stack[index].value = value
            stack[index].look = .value
        } else if existsInRoot, !hidesRoot {
            // A root variable is changed for the rest of the template: the change lies below all scopes.
            stack.insert(Local(name: name, value: value), at: floor)
            for index in frames.indices { frames[index].base += 1 }
        } else {
            define(name, value)
        }
    }

    mutating func define(_ name: String, _ value: Value, look: Look = .value) {
        stack.append(Local(name: name, value: value, look: look))
    }

    mutating func open(hidingOuter: Bool = false) {
        frames.append(Frame(base: stack.count, hidesOuter: hidesRoot))
        if hidingOuter {
            floor = stack.count
            hidesRoot = true
        }
    }

    /// Removes all variables of the innermost scope but keeps it open, as between two rounds of a loop.
    mutating func clear() {
        guard let frame = frames.last else { return }
        stack.removeSubrange(frame.base...)
    }

    mutating func close(floor outerFloor: Int) {
        guard let frame = frames.popLast() else { return }
        stack.removeSubrange(frame.base...)
        hidesRoot = frame.hidesOuter
        floor = outerFloor
    }

    var visibleFloor: Int { floor }

    /// About how much memory all variables hold, counted up to a limit.
    func weight(upTo limit: Int) -> Int {
        stack.reduce(0) { $0 > limit ? $0 : $0 + Weights.deep($1.value, upTo: limit) }
    }
}
