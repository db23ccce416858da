import Synchronization

/// Which faulty texts of flow files were told already: each is told once.
final class ToldFiles: Sendable {
    private let marks = Mutex<[String: Int]>([:])

    /// Notes that the fault of a file is told now. - Returns: false when it was told before, with the same text.
    @discardableResult
    func isNews(_ file: FlowFolder.Refused) -> Bool {
        marks.withLock { $0.updateValue(file.mark, forKey: file.file) != file.mark }
    }

    /// The file is in order.
    func forget(_ file: String) {
        marks.withLock { marks in
            if !marks.isEmpty { marks[file] = nil }
        }
    }
}
