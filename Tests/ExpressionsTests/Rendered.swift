import FlowModel

@testable import Expressions

/// The variables of the specification's worked examples.
let sample: ValueMap = [
    "s": "Hello", "i": 5, "n": nil, "l": ["a", "b"], "m": ["a": 1, "b": "x"],
    "z": .moment(.zoned(zoned("2013-09-08T16:19:12.123456+01:00"))),
]

func zoned(_ text: String) -> ZonedDateTime {
    (try? ZonedDateTime(iso: text)) ?? ZonedDateTime(Instant(seconds: 0), in: .utc)
}

/// What a template renders to; for a failure its kind and text.
func rendered(
    _ template: String, _ variables: ValueMap = sample, world: any World = NoWorld(), limits: Limits = .standard,
    recursive: Bool = false
) -> String {
    let scope = Scope(variables: variables, world: world, limits: limits, recursive: recursive)
    do throws(ExpressionError) {
        return try Template(template).text(in: scope)
    } catch {
        return "\(error.kind.rawValue) error: \(error.description)"
    }
}

/// The typed result; a failure as a text.
func typed(_ template: String, _ variables: ValueMap = sample) -> Value {
    do throws(ExpressionError) {
        return try Template(template).value(in: Scope(variables: variables))
    } catch {
        return .string("\(error.kind.rawValue) error: \(error.description)")
    }
}

/// The failure of a template; nil when it has none.
func failure(_ template: String, _ variables: ValueMap = sample, limits: Limits = .standard) -> ExpressionError? {
    do throws(ExpressionError) {
        _ = try Template(template).text(in: Scope(variables: variables, limits: limits))
        return nil
    } catch {
        return error
    }
}
