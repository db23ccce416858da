import FlowModel

/// The parts of a jq program.
indirect enum JqNode: Sendable {
    case identity
    case recursion
    case literal(Value)
    /// Pieces joined to one text; values go through the format, `text` where none is named.
    case string(format: String?, [JqStringPiece])
    case format(String)
    case index(JqNode, key: JqNode)
    case slice(JqNode, from: JqNode?, to: JqNode?)
    case iterate(JqNode)
    case attempt(JqNode, handler: JqNode?)
    case array(JqNode?)
    case object([(key: JqNode, value: JqNode)])
    case negate(JqNode)
    case pipe(JqNode, JqNode)
    case both(JqNode, JqNode)
    case arithmetic(JqOperator, JqNode, JqNode)
    case comparison(JqComparison, JqNode, JqNode)
    case and(JqNode, JqNode)
    case or(JqNode, JqNode)
    case alternative(JqNode, JqNode)
    case assign(JqNode, JqNode)
    case modify(JqNode, JqNode)
    case modifyWith(JqOperator, JqNode, JqNode)
    case modifyAlternative(JqNode, JqNode)
    case condition(JqNode, then: JqNode, otherwise: JqNode?)
    case bind(JqNode, JqPattern, body: JqNode)
    case reduce(JqNode, JqPattern, start: JqNode, update: JqNode)
    case foreach(JqNode, JqPattern, start: JqNode, update: JqNode, extract: JqNode?)
    case define(JqFunction, in: JqNode)
    /// `key` is the name with the number of arguments: `select/1`.
    case call(key: String, [JqNode])
    case variable(String)
    case label(String, JqNode)
    case leave(String)
}

enum JqStringPiece: Sendable {
    case text(String)
    case value(JqNode)
}

enum JqOperator: Sendable { case add, subtract, multiply, divide, remainder }

enum JqComparison: Sendable { case equal, unequal, less, lessOrEqual, greater, greaterOrEqual }

/// What `as` takes apart: `$x`, `[$a, $b]`, `{a: $x, $b}`.
indirect enum JqPattern: Sendable {
    case variable(String)
    case array([JqPattern])
    case object([(key: JqNode, variable: String?, value: JqPattern?)])
}

final class JqFunction: Sendable {
    struct Parameter: Sendable {
        let name: String
        /// Whether it is a `$value`, not a filter.
        let isValue: Bool
    }

    let key: String
    let parameters: [Parameter]
    let body: JqNode

    init(name: String, parameters: [Parameter], body: JqNode) {
        key = "\(name)/\(parameters.count)"
        self.parameters = parameters
        self.body = body
    }
}

/// What stands under a name while a program runs; a chain from the innermost name outwards.
final class JqEnvironment: Sendable {
    enum Entry: Sendable {
        case variable(String, Value)
        case function(JqFunction)
        /// An argument that is a filter, with the names of the place where it was written.
        case argument(key: String, JqNode, JqEnvironment?)
        case label(String, Int)
    }

    let entry: Entry
    let outer: JqEnvironment?

    init(_ entry: Entry, in outer: JqEnvironment?) {
        self.entry = entry
        self.outer = outer
    }
}
