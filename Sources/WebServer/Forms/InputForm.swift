import FlowModel
import Hummingbird
import Storage

/// The inputs that a request brings. A form brings texts as they are, and files, which are stored under the execution that
/// is to be; a JSON object brings a value for each of its members. Source: engine spec §2.4, since-0.20 §5.
struct InputForm: Sendable {
    private(set) var inputs: ValueMap = [:]
    /// Where files were stored, to be deleted again when the execution is refused.
    private(set) var files: [FilePath] = []

    /// Where the files of a form go.
    struct Target: Sendable {
        var files: any FileStore
        var flow: FlowKey
        var execution: ExecutionID
        /// The flow's declared inputs, asked for only when a file comes.
        var declared: @Sendable () async throws -> [FlowInput]
        /// False for calls that only validate: what is sent is passed over and counts as given.
        var keeps = true
    }

    private static let advice =
        "send a form (`-F name=value`) or a JSON object (`-H 'Content-Type: application/json' -d '{\"name\": \"value\"}'`)"

    /// An empty body of whatever type brings nothing.
    /// - Throws: 415 for a body that is neither a form nor JSON, 422 for JSON that is no object.
    static func read(_ call: Call, into target: Target) async throws -> InputForm {
        if call.isJSON { return try await read(json: call) }
        var form = InputForm()
        do {
            var reader = try await FormReader(call, advice: advice)
            var texts = 0
            while let part = try await reader.nextPart() {
                if let fileName = part.fileName {
                    try await form.take(file: fileName, of: part, &reader, target)
                } else {
                    let content = try await reader.content(upTo: call.settings.maxBodyBytes - texts)
                    texts += content.readableBytes
                    form.inputs[part.name] = .string(String(buffer: content))
                }
            }
        } catch {
            await form.discard(from: target.files)
            throw error
        }
        return form
    }

    private static func read(json call: Call) async throws -> InputForm {
        let body = try await call.bodyBytes()
        var form = InputForm()
        if body.allSatisfy({ [9, 10, 13, 32].contains($0) }) { return form }
        guard let members = try Call.json(body).map else {
            throw Refusal.illegalArgument("the body must be a JSON object with a member for each input")
        }
        form.inputs = members
        return form
    }

    /// Deletes the files again.
    func discard(from store: any FileStore) async {
        for file in files { _ = try? await store.delete(file, keeping: nil) }
    }

    private mutating func take(
        file fileName: String, of part: PartHead, _ reader: inout FormReader, _ target: Target
    ) async throws {
        let declared = try await target.declared().filter { $0.kind == .file }
        // Newer clients name the part after the input, older ones call it `files` and name the file after the input.
        let isNewer = declared.contains { $0.id == part.name } || part.name != "files"
        let input = isNewer ? part.name : fileName
        let ending = Self.ending(
            of: declared.first { $0.id == input }, fileName: isNewer ? fileName : nil)
        let path = try FilePath.input(input, execution: target.execution, of: target.flow)
            .appending("\(Slug.of(input))_\(UInt64.random(in: 0...UInt64.max))\(ending)")
        guard target.keeps else {
            inputs[input] = .string(path.uri)
            return
        }
        let writer = try await target.files.writer(at: path)
        do {
            var size = 0
            while let data = try await reader.nextData() {
                size += data.readableBytes
                try await writer.write(Array(data.readableBytesView))
            }
            guard size > 0 else { throw Refusal.illegalArgument("Can't upload file: `\(input)` is empty") }
        } catch {
            await writer.abandon()
            throw error
        }
        _ = try await writer.finish()
        files.append(path)
        inputs[input] = .string(path.uri)
    }

    /// What the input declares, else what the file's own name ends in, else `.upl`.
    private static func ending(of input: FlowInput?, fileName: String?) -> String {
        if let declared = input?.properties["extension"]?.string, !declared.isEmpty {
            return declared.hasPrefix(".") ? declared : "." + declared
        }
        if let fileName, let dot = fileName.lastIndex(of: "."), dot != fileName.startIndex {
            let ending = fileName[dot...]
            let isPlain = ending.dropFirst().utf8.allSatisfy { byte in
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            }
            if isPlain, (2...17).contains(ending.utf8.count) { return String(ending) }
        }
        return ".upl"
    }
}
