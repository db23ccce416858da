/// What the lexer finds inside `{{ … }}` and `{% … %}`.
enum Token: Sendable, Hashable {
    case name(String)
    case integer(Int64)
    case double(Double)
    /// The opening quote of a string; what follows is read with `Lexer.stringPart`.
    case quote(UInt8)
    case symbol(Operator)
    /// One of `( ) [ ] { } ? : . , =`.
    case punctuation(UInt8)
    /// `}}` or `%}`, perhaps after a dash that trims the text behind it.
    case close
    /// The end of the template inside a print or tag.
    case end

    var isClose: Bool { self == .close }

    /// How messages name the token.
    var shown: String {
        switch self {
        case .name(let name): "token of value \"\(name)\" and type NAME"
        case .integer(let number): "token of value \"\(number)\" and type LONG"
        case .double(let number): "token of value \"\(number)\" and type NUMBER"
        case .quote: "token of value \"string\" and type STRING"
        case .symbol(let symbol): "token of value \"\(symbol.shown)\" and type OPERATOR"
        case .punctuation(let byte):
            "token of value \"\(Character(Unicode.Scalar(byte)))\" and type PUNCTUATION"
        case .close: "end of the print or tag"
        case .end: "end of template"
        }
    }
}

extension Operator {
    var shown: String {
        switch self {
        case .or: "or"
        case .and: "and"
        case .isTest: "is"
        case .isNotTest: "is not"
        case .contains: "contains"
        case .isIn: "isIn"
        case .equal: "=="
        case .notEqual: "!="
        case .greater: ">"
        case .less: "<"
        case .greaterOrEqual: ">="
        case .lessOrEqual: "<="
        case .add: "+"
        case .subtract: "-"
        case .multiply: "*"
        case .divide: "/"
        case .remainder: "%"
        case .filter: "|"
        case .concatenate: "~"
        case .range: ".."
        case .coalesceNull: "??"
        case .coalesceUndefined: "???"
        case .not: "not"
        }
    }
}
