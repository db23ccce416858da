import FlowModel

/// Why an evaluation does not go on.
indirect enum JqStop: Error {
    /// An error of the program, which `try` may catch.
    case error(Value)
    /// `break` out of the label of that number.
    case leave(Int)
    /// A limit of the rendering; nothing catches it.
    case failed(ExpressionError)
    /// Something that happened after the body of a `try` had given a result, which that `try` must let pass.
    case downstream(JqStop)

    static func message(_ text: String) -> JqStop { .error(.string(text)) }
}

/// A value, and, while paths are asked for, the way to it from where the search began.
struct JqItem {
    var value: Value
    var path: [Value]?
}
