import FlowModel

/// Access, construction, `try`, loops, assignment.
extension JqEvaluator {
    func index(
        _ target: JqNode, _ key: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try evaluate(target, input, names) { (item) throws(JqStop) in
            try self.values(of: key, input, names) { (key) throws(JqStop) in
                try emit(JqItem(value: try JqPaths.child(of: item.value, key), path: item.path.map { $0 + [key] }))
            }
        }
    }

    func iterate(_ target: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit) throws(JqStop) {
        try evaluate(target, input, names) { (item) throws(JqStop) in
            switch item.value {
            case .list, .map: try self.children(of: item, emit)
            default: throw .message("Cannot iterate over \(JqOrder.described(item.value))")
            }
        }
    }

    /// The items of a list, the values of a map; nothing for other values.
    func children(of item: JqItem, _ emit: Emit) throws(JqStop) {
        switch item.value {
        case .list(let items):
            for (position, child) in items.enumerated() {
                try step()
                try emit(JqItem(value: child, path: item.path.map { $0 + [.int(Int64(position))] }))
            }
        case .map(let members):
            for (key, child) in members {
                try step()
                try emit(JqItem(value: child, path: item.path.map { $0 + [.string(key)] }))
            }
        default: break
        }
    }

    func slice(
        _ target: JqNode, _ from: JqNode?, _ to: JqNode?, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try evaluate(target, input, names) { (item) throws(JqStop) in
            try self.values(of: to ?? .literal(.null), input, names) { (end) throws(JqStop) in
                try self.values(of: from ?? .literal(.null), input, names) { (start) throws(JqStop) in
                    let key = Value.map(["start": start, "end": end])
                    let part = try JqPaths.child(of: item.value, key)
                    try self.makeRoom(for: part)
                    try self.step()
                    try emit(JqItem(value: part, path: item.path.map { $0 + [key] }))
                }
            }
        }
    }

    /// The value itself and everything that comes out of applying `next` again and again, depth first; without `next`
    /// everything inside the value.
    func recurse(
        _ item: JqItem, by next: JqNode?, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try checkStack()
        try step()
        try emit(item)
        guard let next else {
            let inner = JqSink<JqItem> { (child) throws(JqStop) in
                try self.recurse(child, by: nil, names, emit)
            }
            return try children(of: item, inner)
        }
        try evaluate(next, item, names) { (child) throws(JqStop) in
            try self.recurse(child, by: next, names, emit)
        }
    }

    func attempt(
        _ body: JqNode, _ handler: JqNode?, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        do throws(JqStop) {
            try evaluate(body, input, names) { (item) throws(JqStop) in
                try self.passing { () throws(JqStop) in try emit(item) }
            }
        } catch {
            switch error {
            case .downstream(let stop): throw stop
            case .error(let message):
                guard let handler else { return }
                try evaluate(handler, JqItem(value: message), names, emit)
            case .leave, .failed: throw error
            }
        }
    }

    /// Marks errors of what follows, so that the `try` around does not take them for its own.
    private func passing(_ work: () throws(JqStop) -> Void) throws(JqStop) {
        do throws(JqStop) { try work() } catch {
            if case .failed = error { throw error }
            throw .downstream(error)
        }
    }

    func alternative(
        _ left: JqNode, _ right: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        var found = false
        do throws(JqStop) {
            try evaluate(left, input, names) { (item) throws(JqStop) in
                guard item.value.isTruthy else { return }
                found = true
                try self.passing { () throws(JqStop) in try emit(item) }
            }
        } catch {
            switch error {
            case .downstream(let stop): throw stop
            case .error: break
            case .leave, .failed: throw error
            }
        }
        if !found { try evaluate(right, input, names, emit) }
    }

    /// Runs work that may leave by that label.
    func stopping(at label: Int, _ work: () throws(JqStop) -> Void) throws(JqStop) {
        do throws(JqStop) { try work() } catch {
            var stop = error
            while case .downstream(let inner) = stop { stop = inner }
            guard case .leave(label) = stop else { throw error }
        }
    }

    func array(_ body: JqNode?, _ input: JqItem, _ names: JqEnvironment?) throws(JqStop) -> Value {
        guard let body else { return .list([]) }
        var items: [Value] = []
        try values(of: body, input, names) { (value) throws(JqStop) in
            items.append(value)
            try self.keep(value, count: items.count)
        }
        return .list(items)
    }

    func object(
        _ rest: ArraySlice<(key: JqNode, value: JqNode)>, _ made: ValueMap, _ input: JqItem, _ names: JqEnvironment?,
        _ emit: JqSink<Value>
    ) throws(JqStop) {
        guard let first = rest.first else {
            let made = Value.map(made)
            try checkNesting(of: made)
            return try emit(made)
        }
        try values(of: first.key, input, names) { (key) throws(JqStop) in
            guard case .string(let name) = key else {
                throw .message("Object keys must be strings, not \(JqOrder.described(key))")
            }
            try self.values(of: first.value, input, names) { (value) throws(JqStop) in
                var next = made
                next[name] = value
                try self.object(rest.dropFirst(), next, input, names, emit)
            }
        }
    }

    func string(
        _ rest: ArraySlice<JqStringPiece>, _ format: String, _ made: String, _ input: JqItem, _ names: JqEnvironment?,
        _ emit: JqSink<Value>
    ) throws(JqStop) {
        guard let first = rest.first else { return try emit(.string(made)) }
        switch first {
        case .text(let text): try string(rest.dropFirst(), format, made + text, input, names, emit)
        case .value(let node):
            try values(of: node, input, names) { (value) throws(JqStop) in
                try self.weigh(value)
                let text = made + (try JqFormats.text(of: value, in: format))
                try self.allocate(Weights.text(text.utf8.count))
                try self.string(rest.dropFirst(), format, text, input, names, emit)
            }
        }
    }

    func reduce(
        _ source: JqNode, _ pattern: JqPattern, _ start: JqNode, _ update: JqNode, _ input: JqItem,
        _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try evaluate(start, input, names) { (start) throws(JqStop) in
            let base = self.run.usage.memory
            var state = start
            try self.values(of: source, input, names) { (value) throws(JqStop) in
                let inner = JqSink<JqEnvironment?> { (names) throws(JqStop) in
                    let (before, memory) = (state, self.run.usage.memory)
                    state = JqItem(value: .null, path: before.path.map { _ in [] })
                    try self.evaluate(update, before, names) { (item) in state = item }
                    self.forget(before.value, replacedBy: state.value, since: memory, atLeast: base)
                }
                try self.bind(pattern, to: value, input, names, inner)
            }
            try emit(state)
        }
    }

    /// A state that was made anew leaves the one before it to nobody.
    private func forget(_ old: Value, replacedBy new: Value, since memory: Int, atLeast base: Int) {
        guard run.usage.memory - memory >= Weights.shallow(new) else { return }
        run.usage.memory = max(base, run.usage.memory - Weights.shallow(old))
    }

    func foreach(
        _ source: JqNode, _ pattern: JqPattern, _ start: JqNode, _ update: JqNode, _ extract: JqNode?, _ input: JqItem,
        _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        try evaluate(start, input, names) { (start) throws(JqStop) in
            var state = start
            try self.values(of: source, input, names) { (value) throws(JqStop) in
                let inner = JqSink<JqEnvironment?> { (names) throws(JqStop) in
                    try self.evaluate(update, state, names) { (item) throws(JqStop) in
                        state = item
                        if let extract { try self.evaluate(extract, item, names, emit) } else { try emit(item) }
                    }
                }
                try self.bind(pattern, to: value, input, names, inner)
            }
        }
    }

    /// The paths to what a program picks out of a value.
    func paths(of node: JqNode, in value: Value, _ names: JqEnvironment?) throws(JqStop) -> [[Value]] {
        var paths: [[Value]] = []
        try evaluate(node, JqItem(value: value, path: []), names) { (item) throws(JqStop) in
            paths.append(item.path ?? [])
            try self.check(count: paths.count)
            try self.allocate(64 + (item.path?.count ?? 0) * Weights.item)
        }
        return paths
    }

    func assign(
        _ node: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: JqSink<Value>
    ) throws(JqStop) {
        switch node {
        case .modify(let target, let change):
            var (result, removed) = (input.value, [[Value]]())
            for path in try paths(of: target, in: input.value, names) {
                let label = newLabel()
                var changed: Value?
                try stopping(at: label) { () throws(JqStop) in
                    try self.values(of: change, JqItem(value: try JqPaths.value(at: path, in: result)), names) {
                        (value) throws(JqStop) in
                        changed = value
                        throw .leave(label)
                    }
                }
                if let changed {
                    try JqPaths.set(changed, at: path[...], in: &result)
                } else {
                    removed.append(path)
                }
                try step()
            }
            result = try JqPaths.deleting(removed, in: result, self)
            try checkGrowth(of: result, from: input.value)
            try emit(result)
        case .assign(let target, let source):
            try change(target, by: source, input, names, emit) { (_, new) in new }
        case .modifyWith(let operation, let target, let source):
            try change(target, by: source, input, names, emit) { (old, new) throws(JqStop) in
                try self.calculate(operation, old, new)
            }
        case .modifyAlternative(let target, let source):
            try change(target, by: source, input, names, emit) { (old, new) in old.isTruthy ? old : new }
        default: throw .failed(.evaluation("This jq program is not supported."))
        }
    }

    /// Counts what an assignment added, and looks at the depth.
    private func checkGrowth(of result: Value, from old: Value) throws(JqStop) {
        try makeRoom(for: result)
        let grown = Weights.shallow(result) - Weights.shallow(old)
        if grown > 0 { try allocate(grown) }
        do throws(ExpressionError) { try run.checkDepth(of: result) } catch { throw .failed(error) }
    }

    private func change(
        _ target: JqNode, by source: JqNode, _ input: JqItem, _ names: JqEnvironment?,
        _ emit: JqSink<Value>, _ combine: @escaping (Value, Value) throws(JqStop) -> Value
    ) throws(JqStop) {
        try values(of: source, input, names) { (new) throws(JqStop) in
            var result = input.value
            for path in try self.paths(of: target, in: input.value, names) {
                let changed = try combine(try JqPaths.value(at: path, in: result), new)
                try JqPaths.set(changed, at: path[...], in: &result)
                try self.step()
            }
            try self.checkGrowth(of: result, from: input.value)
            try emit(result)
        }
    }
}
