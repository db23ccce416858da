import Expressions
import FlowModel
import OrderedCollections
import Testing

@testable import EngineCore

private func input(
    _ id: String, _ kind: FlowInput.Kind, _ properties: ValueMap = [:], required: Bool = true, defaults: Value? = nil
) -> FlowInput {
    var input = FlowInput(id: id, kind: kind, mark: Mark(line: 1, column: 1))
    input.properties = properties
    input.required = required
    input.defaults = defaults
    return input
}

private let key = "c2VjcmV0LWtleS1mb3ItdGVzdHMtMTIzNDU2Nzg5MDE="

private func resolver(_ inputs: [FlowInput], _ variables: ValueMap = [:]) throws -> InputResolver {
    InputResolver(inputs, in: Scope(variables: variables), cipher: try AESCipher(secretKey: key))
}

/// The inputs of the conformance flow `inputs`.
private let manyInputs: [FlowInput] = [
    input("string", .string), input("enum", .enum, ["values": ["ENUM_VALUE", "OTHER_ONE"]]),
    input("optional", .string, required: false), input("int", .int), input("bool", .boolean, required: false),
    input("float", .float), input("instant", .dateTime), input("date", .date, required: false),
    input("time", .time, required: false), input("duration", .duration, required: false), input("file", .file),
    input("instantDefaults", .dateTime, defaults: "2013-08-09T14:19:00Z"), input("json", .json, required: false),
    input("uri", .uri, required: false), input("nested.string", .string, required: false),
    input("nested.more.int", .int, required: false), input("nested.bool", .boolean, required: false),
    input("validatedString", .string, ["validator": "A\\d+"], required: false),
    input("validatedInt", .int, ["min": 10, "max": 20], required: false),
    input("validatedDate", .date, ["after": "2023-01-01", "before": "2023-12-31"], required: false),
    input(
        "validatedDateTime", .dateTime, ["after": "2023-01-01T00:00:00Z", "before": "2023-12-31T23:59:59Z"],
        required: false),
    input("validatedDuration", .duration, ["min": "PT10S", "max": "PT20S"], required: false),
    input("validatedFloat", .float, ["min": 0.1, "max": 0.5], required: false),
    input("validatedTime", .time, ["after": "01:00:00", "before": "11:59:59"], required: false),
    input("secret", .secret), input("array", .array, ["itemType": "INT"]),
    input("yaml", .yaml, defaults: ["property": "something", "list": [["key": "key1", "value": "value1"]]]),
    input("empty", .string, defaults: ""),
]

private let manyValues: ValueMap = [
    "string": "myString", "enum": "ENUM_VALUE", "int": "42", "float": "42.42", "bool": "false",
    "instant": "2019-10-06T18:27:49Z", "date": "2019-10-06", "time": "18:27:49", "duration": "PT5M6S",
    "file": "kestra:///io/kestra/tests/inputs/file.upl", "json": "{\"a\": \"b\"}", "uri": "https://www.google.com",
    "nested.string": "a string", "nested.more.int": "123", "nested.bool": "true", "validatedString": "A123",
    "validatedInt": "12", "validatedDate": "2023-01-02", "validatedDateTime": "2023-01-01T00:00:10Z",
    "validatedDuration": "PT15S", "validatedFloat": "0.42", "validatedTime": "11:27:49", "secret": "secret",
    "array": "[1, 2, 3]", "yaml": "some: property\nalist:\n- of\n- values", "undeclared": "dropped",
]

@Test func `texts of a form become typed values`() throws {
    let values = try resolver(manyInputs).values(manyValues)
    let expected = try JSON.parse(
        """
        {"string":"myString","enum":"ENUM_VALUE","optional":null,"int":42,"bool":false,"float":42.42,
        "instant":"2019-10-06T18:27:49Z","date":"2019-10-06","time":"18:27:49","duration":"PT5M6S",
        "file":"kestra:///io/kestra/tests/inputs/file.upl","instantDefaults":"2013-08-09T14:19:00Z","json":{"a":"b"},
        "uri":"https://www.google.com","nested":{"string":"a string","more":{"int":123},"bool":true},
        "validatedString":"A123","validatedInt":12,"validatedDate":"2023-01-02","validatedDateTime":"2023-01-01T00:00:10Z",
        "validatedDuration":"PT15S","validatedFloat":0.42,"validatedTime":"11:27:49","array":[1,2,3],
        "yaml":{"some":"property","alist":["of","values"]},"empty":""}
        """)
    var shown = values
    let secret = try #require(shown.removeValue(forKey: "secret")?.string)
    #expect(Value.map(shown).jsonText() == expected.jsonText())
    #expect(secret != "secret")
    #expect(try AESCipher(secretKey: key).decrypt(secret) == "secret")
    let clear = InputSecrets.decrypted(values, of: manyInputs, with: try AESCipher(secretKey: key))
    #expect(clear["secret"] == "secret")
}

@Test func `typed values are taken as they are`() throws {
    var given = manyValues
    for (id, value) in ["int": 42, "float": 42.42, "bool": false, "json": ["a": "b"], "array": [1, 2, 3]] as ValueMap {
        given[id] = value
    }
    let (typed, texts) = (try resolver(manyInputs).values(given), try resolver(manyInputs).values(manyValues))
    #expect(typed.filter { $0.key != "secret" } == texts.filter { $0.key != "secret" })
}

@Test(arguments: [
    ("string", Value.null, "Invalid input for `string`, missing required input, but received `null`"),
    (
        "validatedString", "foo",
        "Invalid input for `validatedString`, it must match the pattern `A\\d+`, but received `foo`"
    ),
    ("validatedInt", "9", "Invalid input for `validatedInt`, it must be more than `10`, but received `9`"),
    ("validatedInt", "21", "Invalid input for `validatedInt`, it must be less than `20`, but received `21`"),
    (
        "validatedDate", "2022-01-01",
        "Invalid input for `validatedDate`, it must be after `2023-01-01`, but received `2022-01-01`"
    ),
    (
        "validatedDate", "2024-01-01",
        "Invalid input for `validatedDate`, it must be before `2023-12-31`, but received `2024-01-01`"
    ),
    (
        "validatedDateTime", "2022-01-01T00:00:00Z",
        "Invalid input for `validatedDateTime`, it must be after `2023-01-01T00:00:00Z`, but received `2022-01-01T00:00:00Z`"
    ),
    (
        "validatedDuration", "PT1S",
        "Invalid input for `validatedDuration`, It must be more than `PT10S`, but received `PT1S`"
    ),
    (
        "validatedDuration", "PT30S",
        "Invalid input for `validatedDuration`, It must be less than `PT20S`, but received `PT30S`"
    ),
    ("validatedFloat", "0.01", "Invalid input for `validatedFloat`, it must be more than `0.1`, but received `0.01`"),
    ("validatedFloat", "1.01", "Invalid input for `validatedFloat`, it must be less than `0.5`, but received `1.01`"),
    (
        "validatedTime", "00:00:01",
        "Invalid input for `validatedTime`, it must be after `01:00`, but received `00:00:01`"
    ),
    (
        "validatedTime", "14:00:00",
        "Invalid input for `validatedTime`, it must be before `11:59:59`, but received `14:00:00`"
    ),
    ("uri", "http:/bla", "Invalid input for `uri`, Expected `URI` but received `http:/bla`, but received `http:/bla`"),
    (
        "enum", "INVALID",
        "Invalid input for `enum`, it must match the values `[ENUM_VALUE, OTHER_ONE]`, but received `INVALID`"
    ),
    (
        "array", "[\"s1\", \"s2\"]",
        "Invalid input for `array`, Unable to parse array element as `INT` on `s1`, but received `[\"s1\", \"s2\"]`"
    ),
    (
        "int", "4x",
        "Invalid input for `int`, Expected `INT` but received `4x` with errors: `4x` is not a whole number, but received `4x`"
    ),
]) func `a wrong value is refused with its text`(id: String, value: Value, message: String) throws {
    var given = manyValues
    given[id] = value
    let resolved = try resolver(manyInputs).resolve(given)
    #expect(resolved.problems.map(\.message) == [message])
    #expect(resolved.problems.first?.description == "\(id): \(message)")
}

@Test(arguments: [
    ("http://localhost:8080", false), ("https://example.com/a?b=c#d", true), ("HTTP://example.com", false),
    ("ftp://a.b", true),
    ("https://www.google.com", true), ("example.com", false), ("kestra:///a/b.txt", false), ("https://a b.com", false),
]) func `a URI has a scheme and a host with a dot`(text: String, isFine: Bool) throws {
    #expect(try resolver([input("u", .uri)]).resolve(["u": .string(text)]).problems.isEmpty == isFine)
}

@Test(arguments: [
    ("", true), ("a@b.c", true), ("a@b", true), ("a", false), ("a@", false), ("a b@c.d", false), ("a@b@c", false),
])
func `an email has one at sign`(text: String, isFine: Bool) throws {
    #expect(try resolver([input("e", .email)]).resolve(["e": .string(text)]).problems.isEmpty == isFine)
}

@Test func `choices are checked where they must be`() throws {
    let values: Value = ["A", ["label": "The B", "value": "B"]]
    let select = input("s", .select, ["values": values])
    #expect(try resolver([select]).resolve(["s": "B"]).problems.isEmpty)
    #expect(
        try resolver([select]).resolve(["s": "C"]).problems.first?.message.contains("it must match the values `[A, B]`")
            == true)
    #expect(
        try resolver([input("s", .select, ["values": values], required: false)]).resolve(["s": "C"]).problems.isEmpty)
    #expect(
        try resolver([input("s", .select, ["values": values, "allowCustomValue": true])]).resolve(["s": "C"]).problems
            .isEmpty)
    #expect(try resolver([input("s", .select, ["values": values, "autoSelectFirst": true])]).values([:])["s"] == "A")
    let many = input("m", .multiselect, ["values": values])
    #expect(try resolver([many]).values(["m": "[\"A\",\"B\"]"])["m"] == ["A", "B"])
    #expect(
        try resolver([many]).resolve(["m": ["A", "x"]]).problems.first?.message.contains(
            "value `x` doesn't match the values `[A, B]`") == true)
    let found = input("d", .select, ["expression": "{{ vars.list }}"])
    #expect(
        try resolver([found], ["vars": ["list": ["x", nil, 2]]]).resolve(["d": "2"]).inputs[0].choices == ["x", "2"])
    #expect(
        try resolver([found], ["vars": ["list": "x"]]).resolve(["d": "2"]).problems.first?.message
            .contains("Invalid expression result. Expected a list of strings, but received x") == true)
}

@Test func `an input that depends on others is there when its condition holds`() throws {
    var cloud = input("cloud", .string)
    cloud.dependsOn = ["where"]
    cloud.condition = "{{ inputs.where == 'cloud' }}"
    var region = input("region", .string, defaults: "{{ inputs.cloud }}-1")
    region.dependsOn = ["cloud"]
    let inputs = [region, cloud, input("where", .string)]
    #expect(
        try resolver(inputs).values(["where": "cloud", "cloud": "x"]) == [
            "region": "x-1", "cloud": "x", "where": "cloud",
        ])
    let absent = try resolver(inputs).resolve(["where": "home"])
    #expect(absent.values == ["where": "home"])
    #expect(absent.inputs.map(\.isEnabled) == [false, false, true])
    cloud.condition = "{{ inputs.other == 'cloud' }}"
    let broken = try resolver([cloud, input("where", .string)]).resolve(["where": "cloud"])
    #expect(broken.inputs[0].isEnabled == false)
    #expect(broken.problems.first?.message.hasPrefix("Invalid condition: ") == true)
}

@Test func `ids on one path cannot both have values`() throws {
    let resolved = try resolver([input("a", .string), input("a.b", .string)]).resolve(["a": "1", "a.b": "2"])
    #expect(resolved.problems.map(\.inputID) == ["a.b"])
}

@Test func `defaults keep the type of the input`() throws {
    let inputs = [input("s", .string, defaults: 0), input("i", .int, defaults: 0), input("b", .bool, defaults: true)]
    #expect(try resolver(inputs).values([:]) == ["s": "0", "i": 0, "b": true])
}

@Test func `a secret needs the server's key`() throws {
    let resolved = InputResolver([input("s", .secret)], in: Scope(variables: ValueMap()), cipher: nil).resolve([
        "s": "x"
    ])
    #expect(resolved.problems.first?.message.contains("no encryption key") == true)
    #expect(resolved.problems.first?.message.contains("but received `********`") == true)
    #expect(throws: Problem.self) { try AESCipher(secretKey: "short") }
    let cipher = try AESCipher(secretKey: key)
    #expect(
        try cipher.encrypt("a", nonce: Array(repeating: 1, count: 12))
            == cipher.encrypt("a", nonce: Array(repeating: 1, count: 12)))
    #expect(
        EncryptedValue.decrypted(EncryptedValue.wrap(try cipher.encrypt("a", nonce: Array(0..<12))), with: cipher)
            == "a")
    #expect(EncryptedValue.decrypted(EncryptedValue.wrap("plain"), with: nil) == "plain")
}

@Test func `files are URIs, and their ending may be limited`() throws {
    let csv = input("f", .file, ["allowedFileExtensions": [".csv"]])
    #expect(try resolver([csv]).resolve(["f": "kestra:///a/b.CSV"]).problems.isEmpty)
    #expect(
        try resolver([csv]).resolve(["f": "kestra:///a/b.txt"]).problems.first?.message
            .contains("File type not allowed. Accepted extensions: .csv") == true)
    #expect(try !resolver([csv]).resolve(["f": "/etc/passwd.csv"]).problems.isEmpty)
}

@Test func `outputs get their declared types`() throws {
    let conversion = OutputConversion(cipher: try AESCipher(secretKey: key), random: { 7 })
    func convert(_ value: Value, _ type: String, required: Bool = true) throws -> Value {
        try conversion.convert(value, to: FlowOutput(id: "o", type: type, value: .null, required: required))
    }
    #expect(try convert("42", "INT") == 42)
    #expect(try convert(["a": 1], "STRING") == "{\"a\":1}")
    #expect(try convert("[1,2]", "ARRAY") == [1, 2])
    #expect(try convert("{\"a\":1}", "JSON") == ["a": 1])
    #expect(try convert(nil, "STRING", required: false) == nil)
    #expect(EncryptedValue.unwrap(try convert("hush", "SECRET")) != nil)
    #expect(throws: InputProblem.self) { try convert("x", "INT") }
    #expect(throws: InputProblem.self) { try convert(nil, "STRING") }
}

@Test func `rules of inputs find what cannot work`() {
    var flow = Flow(id: "f", namespace: "n", source: "")
    var (a, b) = (input("a", .string), input("b", .string))
    (a.dependsOn, b.dependsOn) = (["b", "c"], ["a"])
    flow.inputs = [
        a, b, input("file", .file, defaults: "x"), input("array", .array, ["itemType": "ARRAY"]),
        input("pattern", .string, ["validator": "(a"]), input("count", .int, ["min": "x"], defaults: "many"),
        input("soft", .int, required: false, defaults: 1), input("nsfile", .file, defaults: "nsfile:///a.csv"),
    ]
    let problems = InputRules.problems(in: flow)
    let errors = problems.filter { $0.severity == .error }.map(\.what)
    #expect(
        errors.map { $0.hasPrefix("pattern: invalid pattern [(a]: ") ? "pattern: invalid pattern [(a]" : $0 } == [
            "file: no `defaults` can be set for inputs of type 'FILE'", "array: `itemType` cannot be `ARRAY`",
            "pattern: invalid pattern [(a]",
            "count: Expected `INT` but received `x` with errors: `x` is not a whole number",
            "count: Expected `INT` but received `many` with errors: `many` is not a whole number",
            "Input with id 'a' depends on a non-existent input 'c'.",
            "Cycle dependency detected for input with id 'a': [a, b]",
        ])
    #expect(problems.filter { $0.severity == .warning }.map(\.path) == ["inputs[6]"])
}
