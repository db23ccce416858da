import Testing

@testable import Expressions

@Suite struct CatalogueTests {
    private static let signatures =
        Catalogue.filters.map(\.signature) + Catalogue.functions.map(\.signature) + Catalogue.tests.map(\.signature)

    @Test func `every documented example renders to what it claims`() {
        for signature in Self.signatures {
            for example in signature.examples {
                guard let result = example.result else { continue }
                #expect(rendered(example.template, [:]) == result, "\(signature.kind) \(signature.name)")
            }
        }
    }

    @Test func `every example can be compiled`() throws {
        for example in Self.signatures.flatMap(\.examples) { _ = try Template(example.template) }
    }

    @Test func `everything has an example`() {
        #expect(Self.signatures.filter(\.examples.isEmpty).map(\.name) == [])
    }

    @Test func `no name is there twice, and everything says what it does`() {
        for kind in [Signature.Kind.filter, .function, .test] {
            let names = Self.signatures.filter { $0.kind == kind }.map(\.name)
            #expect(Set(names).count == names.count)
        }
        #expect(Self.signatures.allSatisfy { !$0.summary.isEmpty })
        #expect(Self.signatures.flatMap(\.parameters).allSatisfy { !$0.summary.isEmpty })
    }

    @Test func `arguments that do not fit are told when they are reached`() {
        #expect(
            rendered("{{ 'a' | abbreviate(1, 2) }}").contains(
                "The argument at position 2 is not allowed. Only 1 argument(s) are allowed."))
        #expect(
            rendered("{{ 'a' | abbreviate(WRONG=1) }}").contains("The following named argument does not exist: WRONG"))
        #expect(rendered("{{ false ? ('a' | abbreviate(1, 2)) : 'fine' }}") == "fine")
        #expect(rendered("{{ 'a' | upper(1, 2) }}") == "A")
    }
}
