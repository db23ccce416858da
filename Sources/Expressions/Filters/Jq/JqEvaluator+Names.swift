import FlowModel

/// Variables, functions, labels, patterns.
extension JqEvaluator {
    func variable(_ name: String, _ names: JqEnvironment?) throws(JqStop) -> Value {
        var scope = names
        while let current = scope {
            if case .variable(name, let value) = current.entry { return value }
            scope = current.outer
        }
        throw .failed(.evaluation("The jq variable $\(name) is not defined."))
    }

    func label(named name: String, _ names: JqEnvironment?) throws(JqStop) -> Int {
        var scope = names
        while let current = scope {
            if case .label(name, let label) = current.entry { return label }
            scope = current.outer
        }
        throw .failed(.evaluation("The jq label $\(name) is not defined."))
    }

    func call(
        _ key: String, _ arguments: [JqNode], _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        var scope = names
        while let current = scope {
            switch current.entry {
            case .argument(key, let node, let home): return try evaluate(node, input, home, emit)
            case .function(let function) where function.key == key:
                return try apply(function, arguments, input, definedIn: current, names, emit)
            default: scope = current.outer
            }
        }
        if try control(key, arguments, input, names, emit) { return }
        if let function = JqPrelude.functions[key] {
            return try apply(function, arguments, input, definedIn: nil, names, emit)
        }
        guard let native = JqNatives.all[key] else {
            throw .failed(.evaluation("The jq function \(key) does not exist."))
        }
        guard input.path == nil else { throw .message("Invalid path expression") }
        let inner = JqSink<[Value]> { (values) throws(JqStop) in
            let result = try native(values, self)
            try self.allocate(Weights.shallow(result))
            try emit(JqItem(value: result))
        }
        try combine(arguments[...], [input.value], input, names, inner)
    }

    /// Every combination of the arguments' results; the first argument counts slowest.
    func combine(
        _ arguments: ArraySlice<JqNode>, _ chosen: [Value], _ input: JqItem, _ names: JqEnvironment?,
        _ emit: JqSink<[Value]>
    ) throws(JqStop) {
        guard let first = arguments.first else { return try emit(chosen) }
        try values(of: first, input, names) { (value) throws(JqStop) in
            try self.combine(arguments.dropFirst(), chosen + [value], input, names, emit)
        }
    }

    private func apply(
        _ function: JqFunction, _ arguments: [JqNode], _ input: JqItem, definedIn home: JqEnvironment?,
        _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        let body = JqSink<JqEnvironment?> { (scope) throws(JqStop) in
            try self.evaluate(function.body, input, scope, emit)
        }
        try bind(zip(function.parameters, arguments).map { $0 }[...], input, names, into: home, body)
    }

    private func bind(
        _ rest: ArraySlice<(JqFunction.Parameter, JqNode)>, _ input: JqItem, _ names: JqEnvironment?,
        into scope: JqEnvironment?, _ body: JqSink<JqEnvironment?>
    ) throws(JqStop) {
        guard let (parameter, argument) = rest.first else { return try body(scope) }
        if !parameter.isValue {
            let next = JqEnvironment(.argument(key: "\(parameter.name)/0", argument, names), in: scope)
            return try bind(rest.dropFirst(), input, names, into: next, body)
        }
        try values(of: argument, input, names) { (value) throws(JqStop) in
            let named = JqEnvironment(.argument(key: "\(parameter.name)/0", .literal(value), nil), in: scope)
            let next = JqEnvironment(.variable(parameter.name, value), in: named)
            try self.bind(rest.dropFirst(), input, names, into: next, body)
        }
    }

    /// The names that a pattern gives to the parts of a value.
    func bind(
        _ pattern: JqPattern, to value: Value, _ input: JqItem, _ names: JqEnvironment?,
        _ body: JqSink<JqEnvironment?>
    ) throws(JqStop) {
        switch pattern {
        case .variable(let name): try body(JqEnvironment(.variable(name, value), in: names))
        case .array(let items): try bindItems(items[...], at: 0, value, input, names, body)
        case .object(let members): try bindMembers(members[...], value, input, names, body)
        }
    }

    private func bindItems(
        _ items: ArraySlice<JqPattern>, at position: Int64, _ value: Value, _ input: JqItem, _ names: JqEnvironment?,
        _ body: JqSink<JqEnvironment?>
    ) throws(JqStop) {
        guard let first = items.first else { return try body(names) }
        let item = try JqPaths.child(of: value, .int(position))
        let rest = JqSink<JqEnvironment?> { (names) throws(JqStop) in
            try self.bindItems(items.dropFirst(), at: position + 1, value, input, names, body)
        }
        try bind(first, to: item, input, names, rest)
    }

    private func bindMembers(
        _ members: ArraySlice<(key: JqNode, variable: String?, value: JqPattern?)>, _ value: Value, _ input: JqItem,
        _ names: JqEnvironment?, _ body: JqSink<JqEnvironment?>
    ) throws(JqStop) {
        guard let first = members.first else { return try body(names) }
        try values(of: first.key, input, names) { (key) throws(JqStop) in
            let part = try JqPaths.child(of: value, key)
            let named = first.variable.map { JqEnvironment(.variable($0, part), in: names) } ?? names
            guard let pattern = first.value else {
                return try self.bindMembers(members.dropFirst(), value, input, named, body)
            }
            let rest = JqSink<JqEnvironment?> { (names) throws(JqStop) in
                try self.bindMembers(members.dropFirst(), value, input, names, body)
            }
            try self.bind(pattern, to: part, input, named, rest)
        }
    }
}
