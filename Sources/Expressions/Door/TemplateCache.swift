import Synchronization

/// Recently used templates by their text. Bounded: two generations of at most 1,000 templates and half a megabyte of
/// text, of which the older one is dropped when the younger one is full; what is used moves to the younger one.
final class TemplateCache: Sendable {
    static let shared = TemplateCache(capacity: 1_000)

    /// Templates longer than this are not kept.
    private static let longest = 64 * 1024
    /// Bytes of all texts of a generation: the compiled templates take some thirty times as much.
    private static let bytes = 512 * 1024

    private struct Generations {
        var young: [String: Template] = [:]
        var old: [String: Template] = [:]
        var youngBytes = 0
    }

    private let capacity: Int
    private let generations = Mutex(Generations())

    init(capacity: Int) { self.capacity = capacity }

    func template(_ source: String) throws(ExpressionError) -> Template {
        let known = generations.withLock { generations -> Template? in
            if let template = generations.young[source] { return template }
            guard let template = generations.old[source] else { return nil }
            keep(template, source, in: &generations)
            return template
        }
        if let known { return known }
        let template = try Template(source)
        if !template.isConstant, source.utf8.count <= Self.longest {
            generations.withLock { keep(template, source, in: &$0) }
        }
        return template
    }

    private func keep(_ template: Template, _ source: String, in generations: inout Generations) {
        if generations.young.count >= capacity || generations.youngBytes >= Self.bytes {
            generations.old = generations.young
            generations.young = [:]
            generations.youngBytes = 0
        }
        generations.youngBytes += source.utf8.count
        generations.young[source] = template
    }
}
