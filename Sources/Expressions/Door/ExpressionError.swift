import FlowModel

/// Why a template could not be compiled or rendered: what happened, where in the template, and often how to mend it.
public struct ExpressionError: Error, Sendable, CustomStringConvertible {
    public enum Kind: String, Sendable {
        /// The template cannot be compiled.
        case parse
        /// A variable or an attribute does not exist. The only kind that `??`, `default` and `is defined` catch.
        case undefined
        /// Anything else that goes wrong while rendering.
        case evaluation
    }

    private let details: Details

    private init(_ details: Details) { self.details = details }

    init(_ kind: Kind, _ message: String, hint: String? = nil) {
        details = Details(kind: kind, message: message, hint: hint)
    }

    /// A failure of evaluation, for implementations of ``World`` and for filters and functions. The place is added by
    /// the template that was being rendered.
    public static func evaluation(_ message: String, hint: String? = nil) -> ExpressionError {
        ExpressionError(.evaluation, message, hint: hint)
    }

    /// Something that does not exist, named as the user wrote it.
    static func undefined(_ name: String, hint: String? = nil) -> ExpressionError {
        ExpressionError(.undefined, name, hint: hint)
    }

    public var kind: Kind { details.kind }
    /// What happened, without the place. For a missing variable or attribute: ``Unable to find `x` ``.
    public var message: String { details.kind == .undefined ? "Unable to find `\(details.message)`" : details.message }
    /// For a missing variable or attribute, its name.
    public var missingName: String? { details.kind == .undefined ? details.message : nil }
    /// How to mend it, as a sentence without a full stop.
    public var hint: String? { details.hint }
    /// The whole template, where it is known.
    public var template: String? { details.source }
    /// Where in the template, counted from 1; columns in characters.
    public var place: Place? {
        guard let source = details.source, let offset = details.offset else { return nil }
        return SourcePlace.of(offset, in: source)
    }
    /// Where in the template, in bytes from its start.
    public var offset: Int? { details.offset }
    public var line: Int? { place?.line }
    public var column: Int? { place?.column }

    /// The text that users and tests see. Source: expressions spec §6.1.
    public var description: String {
        let line = place?.line ?? 1
        guard let whole = details.source else { return message }
        let source = Self.shortened(whole, to: 4000)
        let said =
            switch details.kind {
            case .undefined: "\(message) used in the expression `\(source)` at line \(line)"
            case .parse, .evaluation: "\(message) (\(source):\(line))"
            }
        return details.cause.map { "\(said) caused by: \($0)" } ?? said
    }

    /// Beginning and end of what is too long to show.
    private static func shortened(_ text: String, to limit: Int) -> String {
        guard text.utf8.count > limit else { return text }
        return "\(text.prefix(limit / 2)) … \(text.suffix(limit / 4))"
    }

    /// `description`, and below it how to mend it where that is known.
    public var explanation: String {
        hint.map { "\(description)\n  fix: \($0)" } ?? description
    }

    /// This error with its place, unless it has one already.
    func at(_ offset: Int, in source: String) -> ExpressionError {
        guard details.source == nil else { return self }
        return ExpressionError(
            Details(
                kind: details.kind, message: details.message, hint: details.hint, source: source, offset: offset,
                cause: details.cause, inner: details.inner
            )
        )
    }

    /// An evaluation error that has this one as its cause. It keeps the hint.
    func wrapped(as message: String) -> ExpressionError {
        ExpressionError(
            Details(
                kind: .evaluation, message: message, hint: hint, cause: Self.shortened(description, to: 8000),
                inner: self))
    }

    /// The error that began it all, such as that of a template inside of this one; it knows the most exact place.
    public var origin: ExpressionError {
        guard let inner = details.inner?.origin, inner.offset != nil else { return self }
        return inner
    }

    /// The same as an error that `??` and its like do not catch.
    func uncatchable() -> ExpressionError { kind == .undefined ? wrapped(as: message) : self }

    private final class Details: Sendable {
        let kind: Kind
        let message: String
        let hint: String?
        let source: String?
        let offset: Int?
        let cause: String?
        let inner: ExpressionError?

        init(
            kind: Kind, message: String, hint: String?, source: String? = nil, offset: Int? = nil,
            cause: String? = nil, inner: ExpressionError? = nil
        ) {
            self.kind = kind
            self.message = message
            self.hint = hint
            self.source = source
            self.offset = offset
            self.cause = cause
            self.inner = inner
        }
    }
}
