import Glibc

/// Changes of lines in a flow's source; everything else, comments and order included, stays as its author wrote it.
///
/// Source: git-tasks spec §2.6, OUR RULES D16, D23.
public enum FlowText {
    /// Where a root key of a document stands, lines counted from 0: the line of the key and the last line of its value.
    public struct RootKey: Sendable, Hashable {
        public var line: Int
        public var lastLine: Int

        public init(line: Int, lastLine: Int) {
            self.line = line
            self.lastLine = lastLine
        }
    }

    /// W1: the root key `namespace` becomes one line `namespace: <new>`, a trailing comment on it is lost, a CR before the
    /// LF survives; without such a key the line is put below `id`, or first. White space at the end is removed.
    /// - Parameter rootKey: Tells where the parser saw a key of the root; asked only where the text alone is not clear.
    public static func settingNamespace(
        _ new: String, in source: String, rootKey: (String) -> RootKey?
    ) -> String {
        var lines = Lines(source)
        if let plain = lines.onlyPlainLine(of: "namespace") {
            lines.replace(plain...plain, with: "namespace: \(new)")
        } else if let key = rootKey("namespace"), lines.has(key) {
            lines.replace(key.line...key.lastLine, with: "namespace: \(new)")
        } else if let id = lines.onlyPlainLine(of: "id") {
            lines.insert("namespace: \(new)", after: id)
        } else if let key = rootKey("id"), lines.has(key) {
            lines.insert("namespace: \(new)", after: key.lastLine)
        } else {
            lines.insert("namespace: \(new)", after: nil)
        }
        return lines.text.withoutTrailingSpace
    }

    /// The value of a root key as far as one plain line tells it: `id: my-flow # comment` gives `my-flow`. For a quick
    /// look only: nil says nothing.
    public static func plainValue(of key: String, in source: String) -> String? {
        let lines = Lines(source)
        guard let line = lines.onlyPlainLine(of: key) else { return nil }
        let value = lines.content(line).dropFirst(key.utf8.count + 1).drop { $0 == 32 }
        let text = String(decoding: value, as: UTF8.self)
        let plain = text.firstRange(of: " #").map { String(text[..<$0.lowerBound]) } ?? text
        return plain.withoutTrailingSpace
    }

    /// W3: in every line whose first word is `namespace:` a value that is `source`, or starts with it and a dot, gets
    /// `target` in its place.
    public static func replacingNamespaces(_ source: String, by target: String, in text: String) -> String {
        let key = Array("namespace:".utf8)
        let (wanted, replacement) = (Array(source.utf8), Array(target.utf8))
        let bytes = Array(text.utf8)
        var made: [UInt8] = []
        var copied = 0
        LineStarts.each(of: bytes) { start in
            var at = start
            while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
            guard at < bytes.count, bytes[at] == key[0], bytes[at...].starts(with: key) else { return }
            at += key.count
            let gap = at
            while at < bytes.count, bytes[at] == 32 || bytes[at] == 9 { at += 1 }
            guard at > gap, bytes[at...].starts(with: wanted) else { return }
            let end = at + wanted.count
            guard end == bytes.count || [46, 32, 9, 35, 10, 13].contains(bytes[end]) else { return }
            made += bytes[copied..<at]
            made += replacement
            copied = end
        }
        guard copied > 0 else { return text }
        return String(decoding: made + bytes[copied...], as: UTF8.self)
    }

    /// Without every line `revision: <number>` at the left edge.
    public static func withoutRevisionLines(_ text: String) -> String {
        let key = Array("revision:".utf8)
        let bytes = Array(text.utf8)
        var made: [UInt8] = []
        var copied = 0
        LineStarts.each(of: bytes) { start in
            guard start < bytes.count, bytes[start] == key[0], bytes[start...].starts(with: key) else { return }
            let line = bytes[(start + key.count)...].prefix { $0 != 10 }
            let end = min(line.endIndex + 1, bytes.count)
            let words = line.split { $0 == 32 || $0 == 9 || $0 == 13 }
            guard line.first == 32 || line.first == 9, words.count == 1,
                words[0].allSatisfy({ (48...57).contains($0) })
            else { return }
            made += bytes[copied..<start]
            copied = end
        }
        guard copied > 0 else { return text }
        return String(decoding: made + bytes[copied...], as: UTF8.self)
    }
}

/// Where lines begin, found as fast as the machine can.
private enum LineStarts {
    static func each(of bytes: [UInt8], _ body: (Int) -> Void) {
        body(0)
        var at = 0
        while at < bytes.count {
            let newline = bytes.withUnsafeBytes { buffer -> Int? in
                guard let base = buffer.baseAddress, let found = memchr(base + at, 10, buffer.count - at) else {
                    return nil
                }
                return UnsafeRawPointer(found) - base
            }
            guard let newline else { return }
            at = newline + 1
            if at < bytes.count { body(at) }
        }
    }
}

/// A text as lines that keep their endings, bytes being what counts.
private struct Lines {
    private var bytes: [UInt8]
    /// Start of each line, and the end of the text.
    private var starts: [Int] = [0]

    init(_ text: String) {
        bytes = Array(text.utf8)
        index()
    }

    private mutating func index() {
        var found: [Int] = []
        LineStarts.each(of: bytes) { found.append($0) }
        starts = found + [bytes.count]
    }

    var count: Int { starts.count - 1 }
    var text: String { String(decoding: bytes, as: UTF8.self) }

    func has(_ key: FlowText.RootKey) -> Bool {
        key.line >= 0 && key.line <= key.lastLine && key.lastLine < count
            && bytes[starts[key.line]..<starts[key.line + 1]].first.map { $0 != UInt8(ascii: "{") } == true
    }

    /// The line without its ending, LF or CR LF.
    func content(_ line: Int) -> ArraySlice<UInt8> {
        var slice = bytes[starts[line]..<starts[line + 1]]
        if slice.last == 10 { slice = slice.dropLast() }
        if slice.last == 13 { slice = slice.dropLast() }
        return slice
    }

    private func ending(_ line: Int) -> ArraySlice<UInt8> { bytes[content(line).endIndex..<starts[line + 1]] }

    /// The line `key: value` at the left edge of a document whose root is plainly a block mapping; nil unless there is
    /// exactly one and its value stands whole on that line.
    func onlyPlainLine(of key: String) -> Int? {
        let key = Array(key.utf8) + [UInt8(ascii: ":")]
        var found: Int?
        var sawRoot = false
        for i in 0..<count {
            let line = bytes[starts[i]..<starts[i + 1]]
            guard let first = line.first, first != 10, first != 13, first != 35 else { continue }
            if !sawRoot, first == 32 || first == 9 || first == 123 || first == 37 || first == 45 {
                if first == 45, line.starts(with: [45, 45, 45]) { continue }
                return nil
            }
            sawRoot = true
            if first == 45, line.starts(with: [45, 45, 45]) { return nil }
            guard first == key[0], line.starts(with: key) else { continue }
            let rest = content(i).dropFirst(key.count)
            guard rest.first == 32 else { continue }
            let value = rest.drop { $0 == 32 }
            guard found == nil, let start = value.first, !"|>&*!?{[\"'#".utf8.contains(start) else { return nil }
            if i + 1 < count, let next = bytes[starts[i + 1]..<starts[i + 2]].first, next == 32 || next == 9 {
                // The value may go on below.
                let below = content(i + 1).drop { $0 == 32 || $0 == 9 }
                guard below.isEmpty || below.first == 35 else { return nil }
            }
            found = i
        }
        return found
    }

    mutating func replace(_ range: ClosedRange<Int>, with line: String) {
        let ending = ending(range.upperBound)
        bytes.replaceSubrange(starts[range.lowerBound]..<starts[range.upperBound + 1], with: Array(line.utf8) + ending)
        index()
    }

    mutating func remove(_ line: Int) {
        bytes.removeSubrange(starts[line]..<starts[line + 1])
        index()
    }

    mutating func insert(_ line: String, after previous: Int?) {
        guard let previous else {
            let top = (0..<count).first { content($0).starts(with: [45, 45, 45]) }.map { $0 + 1 } ?? 0
            bytes.insert(contentsOf: Array((line + "\n").utf8), at: starts[top])
            return index()
        }
        let ending = ending(previous)
        let isLast = ending.isEmpty
        let added = isLast ? [10] + Array(line.utf8) : Array(line.utf8) + ending
        bytes.insert(contentsOf: added, at: starts[previous + 1])
        index()
    }
}

extension String {
    /// Without white space at the end.
    var withoutTrailingSpace: String {
        guard let last = utf8.last, last <= 32 || last > 127 else { return self }
        var end = endIndex
        while end > startIndex {
            let before = unicodeScalars.index(before: end)
            guard unicodeScalars[before].properties.isWhitespace else { break }
            end = before
        }
        return String(self[..<end])
    }
}
