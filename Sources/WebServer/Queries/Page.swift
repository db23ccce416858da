import FlowModel
import Storage

extension Call {
    /// `page` (from 1, default 1) and `size` (default 10). Source: engine spec §11.1.
    func page(defaultSize: Int = 10) throws(Refusal) -> PageRequest {
        let page = try query.int("page", in: 1...1_000_000) ?? 1
        let size = try query.int("size", in: 1...10_000) ?? defaultSize
        return PageRequest(page: page, size: size)
    }

    /// The first of `sort=field:asc|desc`. Source: engine spec §11.1.
    func sort() throws(Refusal) -> (field: String, descending: Bool)? {
        var first: (field: String, descending: Bool)?
        for text in query.list("sort") {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard (1...2).contains(parts.count), let field = parts.first, !field.isEmpty else {
                throw Self.badSort(text)
            }
            let direction = parts.count == 2 ? parts[1].lowercased() : "asc"
            guard direction == "asc" || direction == "desc" else { throw Self.badSort(text) }
            if first == nil { first = (String(field), direction == "desc") }
        }
        return first
    }

    static func badSort(_ text: String) -> Refusal {
        Refusal(
            .unprocessableContent, "Invalid sort parameter: `\(text)`; write field:asc or field:desc",
            code: "invalid-sort")
    }
}

extension PageRequest {
    /// The part of a whole list that was asked for.
    func cut<Item>(_ all: [Item]) -> Page<Item> { Page(Array(all.dropFirst(skip).prefix(size)), total: all.count) }
}
