import FlowModel

/// Functions whose arguments are programs, or that hand on more or less than one result.
extension JqEvaluator {
    /// False when there is no such function here.
    func control(
        _ key: String, _ arguments: [JqNode], _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) -> Bool {
        switch key {
        case "empty/0": break
        case "path/1":
            guard input.path == nil else { throw .message("Invalid path expression") }
            for path in try paths(of: arguments[0], in: input.value, names) { try emit(JqItem(value: .list(path))) }
        case "getpath/1": try getPath(arguments[0], input, names, emit)
        case "recurse/1": try recurse(input, by: arguments[0], names, emit)
        case "range/1": try range(.literal(0), arguments[0], .literal(1), input, names, emit)
        case "range/2": try range(arguments[0], arguments[1], .literal(1), input, names, emit)
        case "range/3": try range(arguments[0], arguments[1], arguments[2], input, names, emit)
        case "first/1": try limited(to: 1, arguments[0], input, names, emit)
        case "limit/2":
            try values(of: arguments[0], input, names) { (count) throws(JqStop) in
                let count = try JqMath.number(count, "limit")
                if count > 0 { try self.limited(to: Int(min(count, 1e15)), arguments[1], input, names, emit) }
            }
        case "last/1":
            var last: JqItem?
            try evaluate(arguments[0], input, names) { (item) in last = item }
            if let last { try emit(last) }
        case "until/2": try until(arguments[0], arguments[1], input, names, emit)
        case "isempty/1":
            var isEmpty = true
            let seen = JqSink<JqItem> { (_) in isEmpty = false }
            try limited(to: 1, arguments[0], JqItem(value: input.value), names, seen)
            try emit(JqItem(value: .bool(isEmpty)))
        case "any/2": try emit(JqItem(value: .bool(try exists(true, arguments[0], arguments[1], input, names))))
        case "all/2": try emit(JqItem(value: .bool(!(try exists(false, arguments[0], arguments[1], input, names)))))
        case "add/1":
            let items = try array(arguments[0], input, names)
            try emit(JqItem(value: try JqNatives.sum(items.list ?? [], self)))
        default: return try byKeys(key, arguments, input, names, emit)
        }
        return true
    }

    private func getPath(_ argument: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit) throws(JqStop) {
        try values(of: argument, input, names) { (path) throws(JqStop) in
            let keys = try JqNatives.list(path, "getpath")
            var value = input.value
            for key in keys {
                if case .null = value { break }
                value = try JqPaths.child(of: value, key)
            }
            try emit(JqItem(value: value, path: input.path.map { $0 + keys }))
        }
    }

    private func range(
        _ from: JqNode, _ to: JqNode, _ by: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        let inner = JqSink<[Value]> { (bounds) throws(JqStop) in
            if case .int(var number) = bounds[0], case .int(let end) = bounds[1], case .int(let step) = bounds[2],
                step != 0
            {
                while step > 0 ? number < end : number > end {
                    try self.step()
                    try emit(JqItem(value: .int(number)))
                    number &+= step
                }
                return
            }
            var number = try JqMath.number(bounds[0], "range")
            let (end, step) = (try JqMath.number(bounds[1], "range"), try JqMath.number(bounds[2], "range"))
            guard step != 0 else { return }
            while step > 0 ? number < end : number > end {
                try self.step()
                try emit(JqItem(value: JqNumber.value(number)))
                number += step
            }
        }
        try combine([from, to, by], [], input, names, inner)
    }

    private func limited(
        to count: Int, _ body: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        let label = newLabel()
        var given = 0
        try stopping(at: label) { () throws(JqStop) in
            try self.evaluate(body, input, names) { (item) throws(JqStop) in
                given += 1
                try emit(item)
                if given >= count { throw .leave(label) }
            }
        }
    }

    /// Changes the value again and again until the condition holds; follows the last result of each.
    private func until(
        _ condition: JqNode, _ change: JqNode, _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) {
        var current = input
        while true {
            try step()
            var isDone = false
            try values(of: condition, current, names) { (value) in isDone = value.isTruthy }
            if isDone { return try emit(current) }
            var next: JqItem?
            try evaluate(change, current, names) { (item) in next = item }
            guard let next else { return }
            current = next
        }
    }

    /// Whether some result of `source` meets the condition (`wanted`) or fails it.
    private func exists(
        _ wanted: Bool, _ source: JqNode, _ condition: JqNode, _ input: JqItem, _ names: JqEnvironment?
    ) throws(JqStop) -> Bool {
        let label = newLabel()
        var found = false
        try stopping(at: label) { () throws(JqStop) in
            try self.values(of: source, input, names) { (value) throws(JqStop) in
                try self.values(of: condition, JqItem(value: value), names) { (result) throws(JqStop) in
                    guard result.isTruthy == wanted else { return }
                    found = true
                    throw .leave(label)
                }
            }
        }
        return found
    }

    /// `sort_by` and its family: items by the list of what a program makes of each.
    private func byKeys(
        _ key: String, _ arguments: [JqNode], _ input: JqItem, _ names: JqEnvironment?, _ emit: Emit
    ) throws(JqStop) -> Bool {
        guard ["sort_by/1", "group_by/1", "unique_by/1", "min_by/1", "max_by/1"].contains(key) else { return false }
        guard input.path == nil else { throw .message("Invalid path expression") }
        var pairs: [(key: Value, item: Value)] = []
        for item in try JqNatives.list(input.value, String(key.dropLast(2))) {
            let key = try array(arguments[0], JqItem(value: item), names)
            try survey(key)
            try allocate(3 * Weights.item)
            pairs.append((key, item))
        }
        let result: Value =
            switch key {
            case "sort_by/1": .list(JqLists.sorted(pairs).map(\.item))
            case "group_by/1": .list(JqLists.grouped(pairs).map { .list($0) })
            case "unique_by/1": .list(JqLists.grouped(pairs).map { $0[0] })
            case "min_by/1": JqLists.extreme(pairs, largest: false)
            default: JqLists.extreme(pairs, largest: true)
            }
        try emit(JqItem(value: result))
        return true
    }
}
