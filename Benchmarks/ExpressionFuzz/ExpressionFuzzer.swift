import Expressions
import FlowModel
import OrderedCollections

/// Makes inputs for the template language and tries them. Every input follows from the seed and its index alone.
public struct ExpressionFuzzer: Sendable {
    public let seed: UInt64
    private let corpus: [String]

    /// - Parameter corpus: templates to start changes from, besides the documented examples.
    public init(seed: UInt64, corpus: [String] = []) {
        self.seed = seed
        self.corpus = TemplateMutator.documented + corpus
    }

    /// The template of that index: grown from the grammar or changed from a known one.
    public func template(at index: UInt64) -> String {
        var random = FuzzRandom(seed: seed, index: index)
        if random.below(5) < 2 {
            var mutator = TemplateMutator(random: random, corpus: corpus)
            return mutator.template()
        }
        var grower = TemplateGrower(random: random)
        return grower.template()
    }

    /// What rendering a template came to.
    public enum Outcome: Sendable {
        case rendered(bytes: Int)
        case refused(ExpressionError)
    }

    /// Limits that make a run of millions possible: a fortieth of the usual time.
    public static let limits = Limits(milliseconds: 20)

    /// Compiles and renders, as text or with its type, now and then recursively; all as the index says.
    public func outcome(of template: String, at index: UInt64, limits: Limits = Self.limits) -> Outcome {
        let scope = Scope(
            variables: FuzzContext.variables, world: FuzzWorld(), limits: limits, recursive: index % 13 == 0)
        do throws(ExpressionError) {
            let compiled = try Template(template)
            if index % 5 == 0 { return .rendered(bytes: try compiled.value(in: scope).jsonText().utf8.count) }
            return .rendered(bytes: try compiled.text(in: scope).utf8.count)
        } catch {
            return .refused(error)
        }
    }

    /// What must hold of an outcome; nil where it does.
    public func fault(_ outcome: Outcome, of template: String, limits: Limits = Self.limits) -> String? {
        switch outcome {
        case .rendered(let bytes):
            return bytes > 2 * limits.outputBytes + template.utf8.count ? "\(bytes) bytes were rendered" : nil
        case .refused(let error):
            if error.description.isEmpty || error.explanation.isEmpty { return "the error says nothing" }
            if let place = error.place, place.line < 1 || place.column < 1 { return "the error's place is \(place)" }
            return nil
        }
    }
}
