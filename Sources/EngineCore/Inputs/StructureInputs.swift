import FlowModel

/// JSON and YAML: texts are read, structures are taken as they are.
enum StructureInputs {
    static func json(_ raw: Value, as kind: FlowInput.Kind = .json) throws(InputFault) -> Value {
        guard case .string(let text) = raw else { return raw }
        do throws(Problem) {
            return try JSON.parse(text)
        } catch {
            throw .unreadable(raw, as: kind, because: error.at)
        }
    }

    static func yaml(_ raw: Value) throws(InputFault) -> Value {
        guard case .string(let text) = raw else { return raw }
        do throws(Problem) {
            return try YAMLReader().document(text).value
        } catch {
            throw .unreadable(raw, as: .yaml, because: error.at)
        }
    }
}

extension Problem {
    /// What is wrong, with line and column in front where they are known.
    fileprivate var at: String { (place.map { "line \($0.line), column \($0.column): " } ?? "") + what }
}

/// ARRAY and MULTISELECT: a list, or the text of a JSON list, whose elements have a kind of their own.
enum ListInputs {
    static func items(
        _ raw: Value, as kind: FlowInput.Kind, of itemKind: FlowInput.Kind?, converter: InputConversion
    ) throws(InputFault) -> [Value] {
        guard case .list(let items) = try StructureInputs.json(raw, as: kind) else {
            throw .unreadable(raw, as: kind, because: "it is not a list")
        }
        guard let itemKind else { return items }
        let element = FlowInput(id: "", kind: itemKind, mark: Mark(line: 1, column: 1))
        var converted: [Value] = []
        converted.reserveCapacity(items.count)
        for item in items {
            do throws(InputFault) {
                converted.append(try converter.convert(item, for: element, choices: nil))
            } catch {
                throw InputFault("Unable to parse array element as `\(itemKind.rawValue)` on `\(item.plain())`")
            }
        }
        return converted
    }
}
