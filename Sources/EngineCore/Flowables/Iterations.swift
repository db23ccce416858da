import Expressions
import FlowModel
import OrderedCollections
import TaskKit

/// The values over which a task iterates. Source: engine spec §4.6.
enum Iterations {
    /// - Parameter written: the property as the flow has it: a template that gives a JSON list, or a list.
    /// - Throws: for what is no list, and for null among the values.
    static func values(_ written: Unrendered, _ site: FlowableSite) throws(TaskFailure) -> [String] {
        let items = try items(written, site)
        let nulls = items.count { $0.isNull }
        if nulls > 0 {
            throw TaskFailure("Found '\(nulls)' null values on Each, with values=\(Value.list(items).plain())")
        }
        var values = OrderedSet<String>(minimumCapacity: items.count)
        for item in items {
            if case .string(let text) = item { values.append(text) } else { values.append(item.jsonText()) }
        }
        return values.elements
    }

    private static func items(_ written: Unrendered, _ site: FlowableSite) throws(TaskFailure) -> [Value] {
        switch written.value {
        case .string(let source):
            let text: String
            do throws(ExpressionError) {
                text = try Renderer.text(source, in: site.scope)
            } catch {
                throw TaskFailure(error)
            }
            guard case .list(let items)? = try? JSON.parse(text) else {
                throw TaskFailure("The values are no JSON list: `\(text.prefix(200))`")
            }
            return items
        case .list(let elements):
            var items: [Value] = []
            items.reserveCapacity(elements.count)
            for element in elements { items.append(try item(element, site)) }
            return items
        default:
            throw TaskFailure("The values are neither a list nor a text with a JSON list.")
        }
    }

    private static func item(_ element: Value, _ site: FlowableSite) throws(TaskFailure) -> Value {
        switch element {
        case .string, .map:
            do throws(ExpressionError) {
                return try Renderer.render(element, in: site.scope)
            } catch {
                throw TaskFailure(error)
            }
        case .int(let number): return .string(String(number))
        case .null: return .null
        default: throw TaskFailure("Unknown value element type: `\(element.printed())`")
        }
    }
}
