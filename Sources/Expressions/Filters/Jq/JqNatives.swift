import FlowModel

/// Functions whose arguments are values; the input comes first.
enum JqNatives {
    typealias Native = @Sendable ([Value], JqEvaluator) throws(JqStop) -> Value

    static let all: [String: Native] = general.merging(lists) { one, _ in one }.merging(texts) { one, _ in one }
        .merging(JqMath.all) { one, _ in one }.merging(JqRegex.all) { one, _ in one }.merging(JqDates.all) { one, _ in
            one
        }

    static func list(_ value: Value, _ name: String) throws(JqStop) -> [Value] {
        if case .list(let items) = value { return items }
        throw .message("\(JqOrder.described(value)) cannot be used by \(name), as it is not an array")
    }

    static func text(_ value: Value, _ name: String) throws(JqStop) -> String {
        if case .string(let text) = value { return text }
        throw .message("\(name) input must be a string, not \(JqOrder.described(value))")
    }

    private static let general: [String: Native] = [
        "type/0": { values, _ in .string(JqOrder.typeName(values[0])) },
        "not/0": { values, _ in .bool(!values[0].isTruthy) },
        "length/0": { values, _ throws(JqStop) in
            switch values[0] {
            case .null: return 0
            case .string(let text): return .int(Int64(text.unicodeScalars.count))
            case .list(let items): return .int(Int64(items.count))
            case .map(let members): return .int(Int64(members.count))
            case .bool: throw .message("\(JqOrder.described(values[0])) has no length")
            default: return try JqMath.absolute(values[0])
            }
        },
        "utf8bytelength/0": { values, _ throws(JqStop) in .int(Int64(try text(values[0], "utf8bytelength").utf8.count))
        },
        "keys/0": { values, _ throws(JqStop) in
            if case .map(let members) = values[0] { return .list(JqOrder.sortedKeys(members).map { .string($0) }) }
            return try keys(values[0])
        },
        "keys_unsorted/0": { values, _ throws(JqStop) in
            if case .map(let members) = values[0] { return .list(members.keys.map { .string($0) }) }
            return try keys(values[0])
        },
        "has/1": { values, _ throws(JqStop) in
            switch (values[0], values[1]) {
            case (.map(let members), .string(let key)): return .bool(members[key] != nil)
            case (.list(let items), _) where values[1].isNumber:
                return .bool((0..<Double(items.count)).contains(values[1].asDouble ?? -1))
            default:
                throw .message(
                    "Cannot check whether \(JqOrder.typeName(values[0])) has a \(JqOrder.typeName(values[1])) key")
            }
        },
        "contains/1": { values, run throws(JqStop) in .bool(try JqLists.contains(values[0], values[1], run)) },
        "setpath/2": { values, _ throws(JqStop) in
            try JqPaths.setting(values[2], at: try list(values[1], "setpath")[...], in: values[0])
        },
        "delpaths/1": { values, run throws(JqStop) in
            var paths: [[Value]] = []
            for path in try list(values[1], "delpaths") { paths.append(try list(path, "delpaths")) }
            return try JqPaths.deleting(paths, in: values[0], run)
        },
        "tojson/0": { values, run throws(JqStop) in .string(try run.jsonText(of: values[0])) },
        "fromjson/0": { values, run throws(JqStop) in
            let source = try text(values[0], "fromjson")
            try run.allocate(ReadingWeight.of(source.utf8, count: source.utf8.count))
            do throws(Problem) { return try JSON.parse(source) } catch {
                throw .message("\(error.what) (while parsing '\(source.prefix(100))')")
            }
        },
        "tostring/0": { values, run throws(JqStop) in
            if case .string = values[0] { return values[0] }
            return .string(try run.jsonText(of: values[0]))
        },
        "tonumber/0": { values, _ throws(JqStop) in
            if values[0].isNumber { return values[0] }
            guard case .string(let text) = values[0] else {
                throw .message("\(JqOrder.described(values[0])) cannot be parsed as a number")
            }
            return try JqTexts.number(text)
        },
        "toarray/0": { values, _ in if case .list = values[0] { values[0] } else { .list([values[0]]) } },
        "error/0": { values, _ throws(JqStop) in throw .error(values[0]) },
        "error/1": { values, _ throws(JqStop) in throw .error(values[1]) },
    ]

    private static func keys(_ value: Value) throws(JqStop) -> Value {
        guard case .list(let items) = value else { throw .message("\(JqOrder.described(value)) has no keys") }
        return .list(items.indices.map { .int(Int64($0)) })
    }

    private static let lists: [String: Native] = [
        "sort/0": { values, run throws(JqStop) in .list(JqLists.sorted(try run.comparable(values[0], "sort"))) },
        "unique/0": { values, run throws(JqStop) in
            .list(JqLists.grouped(try run.comparable(values[0], "unique").map { ($0, $0) }).map { $0[0] })
        },
        "min/0": { values, run throws(JqStop) in
            JqLists.extreme(try run.comparable(values[0], "min").map { ($0, $0) }, largest: false)
        },
        "max/0": { values, run throws(JqStop) in
            JqLists.extreme(try run.comparable(values[0], "max").map { ($0, $0) }, largest: true)
        },
        "add/0": { values, run throws(JqStop) in
            let items: [Value]
            if case .map(let members) = values[0] {
                items = Array(members.values)
            } else {
                items = try list(values[0], "add")
            }
            return try JqNatives.sum(items, run)
        },
        "reverse/0": { values, _ throws(JqStop) in
            if case .string(let text) = values[0] {
                return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
            }
            if case .null = values[0] { return .list([]) }
            return .list(try list(values[0], "reverse").reversed())
        },
        "flatten/0": { values, run throws(JqStop) in
            try run.survey(values[0])
            return .list(JqLists.flattened(try list(values[0], "flatten"), .infinity))
        },
        "flatten/1": { values, run throws(JqStop) in
            try run.survey(values[0])
            guard let depth = values[1].asDouble, depth >= 0 else {
                throw .message("flatten depth must not be negative")
            }
            return .list(JqLists.flattened(try list(values[0], "flatten"), depth))
        },
        "from_entries/0": { values, _ throws(JqStop) in .map(try JqLists.members(try list(values[0], "from_entries")))
        },
        "transpose/0": { values, run throws(JqStop) in
            let rows = try list(values[0], "transpose")
            let width = rows.map { $0.list?.count ?? 0 }.max() ?? 0
            try run.allocate(min(width, 1 << 40) * (Weights.list(min(rows.count, 1 << 20)) + Weights.item))
            return .list(JqLists.transposed(rows))
        },
        "indices/1": { values, run throws(JqStop) in
            switch (values[0], values[1]) {
            case (.null, _): return .null
            case (.string(let text), .string(let part)): return .list(JqTexts.positions(of: part, in: text))
            case (.list(let items), .list(let part)): return .list(try JqLists.positions(of: part, in: items, run))
            case (.list(let items), _): return .list(try JqLists.positions(of: [values[1]], in: items, run))
            default: throw .message("Cannot search \(JqOrder.described(values[0]))")
            }
        },
        "join/1": { values, run throws(JqStop) in
            let separator = try text(values[1], "join")
            var (pieces, size) = ([String](), 0)
            for item in try list(values[0], "join") {
                switch item {
                case .null: pieces.append("")
                case .list, .map: throw .message("\(JqOrder.described(item)) cannot be joined")
                default: pieces.append(JqTexts.text(of: item))
                }
                size += (pieces.last?.utf8.count ?? 0) + separator.utf8.count
            }
            guard size <= run.run.scope.limits.outputBytes else { throw .failed(run.run.outputLimit()) }
            return .string(pieces.joined(separator: separator))
        },
        "bsearch/1": { values, run throws(JqStop) in
            let items = try run.comparable(values[0], "bsearch")
            var (low, high) = (0, items.count)
            while low < high {
                let middle = (low + high) / 2
                if JqOrder.compare(items[middle], values[1]) < 0 { low = middle + 1 } else { high = middle }
            }
            let isThere = low < items.count && JqOrder.compare(items[low], values[1]) == 0
            return .int(Int64(isThere ? low : -1 - low))
        },
    ]

    static func sum(_ items: [Value], _ run: JqEvaluator) throws(JqStop) -> Value {
        if items.allSatisfy({ $0.string != nil }), items.count > 1 {
            let size = items.reduce(0) { $0 + ($1.string?.utf8.count ?? 0) }
            guard size <= run.run.scope.limits.outputBytes else { throw .failed(run.run.outputLimit()) }
            return .string(items.compactMap(\.string).joined())
        }
        if items.count > 1, items.allSatisfy({ $0.list != nil }) {
            let count = items.reduce(0) { $0 + ($1.list?.count ?? 0) }
            try run.check(count: count)
            try run.allocate(Weights.list(count))
            return .list(items.flatMap { $0.list ?? [] })
        }
        if items.count > 1, items.allSatisfy({ $0.map != nil }) {
            var total = items[0].map ?? [:]
            for item in items.dropFirst() { total.merge(item.map ?? [:]) { _, new in new } }
            try run.allocate(Weights.shallow(.map(total)))
            return .map(total)
        }
        var total = Value.null
        for item in items { total = try run.calculate(.add, total, item) }
        return total
    }

    private static let texts: [String: Native] = [
        "split/1": { values, run throws(JqStop) in
            if case .string("") = values[1], case .string(let whole) = values[0] {
                try run.allocate(Weights.list(whole.utf8.count))
            }
            return .list(JqTexts.split(try text(values[0], "split"), try text(values[1], "split")))
        },
        "startswith/1": { values, _ throws(JqStop) in
            .bool(try text(values[0], "startswith").utf8.starts(with: try text(values[1], "startswith").utf8))
        },
        "endswith/1": { values, _ throws(JqStop) in
            .bool(
                try text(values[0], "endswith").utf8.reversed().starts(
                    with: try text(values[1], "endswith").utf8.reversed()))
        },
        "ltrimstr/1": { values, _ in
            guard case .string(let text) = values[0], case .string(let part) = values[1],
                text.utf8.starts(with: part.utf8)
            else { return values[0] }
            return .string(String(decoding: text.utf8.dropFirst(part.utf8.count), as: UTF8.self))
        },
        "rtrimstr/1": { values, _ in
            guard case .string(let text) = values[0], case .string(let part) = values[1], !part.isEmpty,
                text.utf8.reversed().starts(with: part.utf8.reversed())
            else { return values[0] }
            return .string(String(decoding: text.utf8.dropLast(part.utf8.count), as: UTF8.self))
        },
        "trim/0": { values, _ throws(JqStop) in
            .string(JqTexts.trimmed(try text(values[0], "trim"), start: true, end: true))
        },
        "ltrim/0": { values, _ throws(JqStop) in
            .string(JqTexts.trimmed(try text(values[0], "trim"), start: true, end: false))
        },
        "rtrim/0": { values, _ throws(JqStop) in
            .string(JqTexts.trimmed(try text(values[0], "trim"), start: false, end: true))
        },
        "ascii_downcase/0": { values, _ throws(JqStop) in
            .string(JqTexts.changingASCII(try text(values[0], "ascii_downcase"), upper: false))
        },
        "ascii_upcase/0": { values, _ throws(JqStop) in
            .string(JqTexts.changingASCII(try text(values[0], "ascii_upcase"), upper: true))
        },
        "explode/0": { values, run throws(JqStop) in
            let source = try text(values[0], "explode")
            try run.allocate(Weights.list(source.utf8.count))
            return .list(source.unicodeScalars.map { .int(Int64($0.value)) })
        },
        "implode/0": { values, _ throws(JqStop) in .string(try JqTexts.imploded(try list(values[0], "implode"))) },
        "format/1": { values, run throws(JqStop) in
            try run.weigh(values[0])
            return .string(try JqFormats.text(of: values[0], in: try text(values[1], "format")))
        },
    ]
}
