/// Who takes in the results of an evaluation as they come.
///
/// An object and not a bare closure, because the compiler would make a copy of the whole evaluator for every closure that
/// is handed through it.
final class JqSink<Item> {
    private let take: (Item) throws(JqStop) -> Void

    init(_ take: @escaping (Item) throws(JqStop) -> Void) { self.take = take }

    func callAsFunction(_ item: Item) throws(JqStop) { try take(item) }
}
