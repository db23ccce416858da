import FlowModel
import Synchronization

/// Secrets that must not be shown: those of one execution in its log, those of the whole server in its answers. With them
/// go their lines and what encoders make of them: Base64, percent, JSON and markup escapes.
public final class SecretMask: Sendable {
    private struct State {
        var secrets: [String] = []
        var known: Set<String> = []
        /// Made when it is first needed after a change.
        var finder: SecretFinder?
    }

    private let state = Mutex(State())

    public init() {}

    public var isEmpty: Bool { state.withLock { $0.secrets.isEmpty } }

    /// Values that would mask ordinary words are left out.
    public func remember(_ value: String) {
        guard value.utf8.count >= SecretForms.shortest else { return }
        state.withLock { state in
            guard state.known.insert(value).inserted else { return }
            state.secrets.append(value)
            state.finder = nil
        }
    }

    private var finder: SecretFinder? {
        state.withLock { state in
            if state.secrets.isEmpty { return nil }
            if let finder = state.finder { return finder }
            let finder = SecretFinder(state.secrets)
            state.finder = finder
            return finder
        }
    }

    /// Each occurrence of a secret becomes as many asterisks; per secret, the first run of nine or more begins with
    /// `**masked*`. Source: engine spec §5.6.
    public func mask(_ text: String) -> String {
        guard let finder else { return text }
        var text = text
        let masked = text.withUTF8 { bytes -> String? in
            let (ranges, secrets) = finder.find(in: bytes)
            return ranges.isEmpty ? nil : Self.masked(bytes, ranges, marks: secrets)
        }
        return masked ?? text
    }

    private static func masked(_ bytes: UnsafeBufferPointer<UInt8>, _ ranges: [Range<Int>], marks: Int) -> String {
        let star = UInt8(ascii: "*")
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var done = 0
        for range in ranges {
            result += bytes[done..<range.lowerBound]
            let hidden = bytes[range]
            let isASCII = hidden.allSatisfy { $0 < 0x80 }
            let count = isASCII ? hidden.count : String(decoding: hidden, as: UTF8.self).count
            result += repeatElement(star, count: count)
            done = range.upperBound
        }
        result += bytes[done...]
        var (run, index, left) = (0, 0, marks)
        while index < result.count, left > 0 {
            run = result[index] == star ? run + 1 : 0
            if run == 9 {
                result.replaceSubrange((index - 8)...index, with: "**masked*".utf8)
                (run, left) = (1, left - 1)
            }
            index += 1
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// Hides the secrets of at least `shortest` bytes in a text that is at hand as bytes: each byte of them becomes an
    /// asterisk, so that nothing moves.
    public func blot(_ bytes: inout [UInt8], shortest: Int = 0) {
        guard let finder else { return }
        let ranges = bytes.withUnsafeBufferPointer { finder.find(in: $0, shortest: shortest).ranges }
        for range in ranges { for index in range { bytes[index] = UInt8(ascii: "*") } }
    }

    /// The same as for a text for every text in a value, keys included.
    public func mask(_ value: Value) -> Value {
        if isEmpty { return value }
        switch value {
        case .string(let text): return .string(mask(text))
        case .list(let items): return .list(items.map(mask))
        case .map(let members):
            return .map(
                ValueMap(
                    members.lazy.map { (self.mask($0.key), self.mask($0.value)) },
                    uniquingKeysWith: { first, _ in first }))
        default: return value
        }
    }
}
