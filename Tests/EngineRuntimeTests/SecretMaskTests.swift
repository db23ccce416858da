import FlowModel
import Foundation
import Testing

@testable import EngineRuntime

struct SecretMaskTests {
    private func masked(_ text: String, _ secrets: String...) -> String {
        let mask = SecretMask()
        for secret in secrets { mask.remember(secret) }
        return mask.mask(text)
    }

    @Test func `asterisks as the specification has them`() {
        #expect(masked("test john@doe.com test", "doe.com", "myawesomepass") == "test john@******* test")
        let pass = "myawesomepass"
        #expect(
            masked("test \(pass)\(pass) \(pass) \(pass)\(pass)", "doe.com", pass)
                == "test **masked****************** ************* **************************")
        #expect(masked("password is password", "password") == "******** is ********")
        #expect(masked("grün ist grünlich", "grünlich") == "grün ist ********")
    }

    @Test(arguments: 0..<12) func `Base64 hides a secret wherever it begins and ends`(place: Int) {
        let secret = "s3cret-T0ken?"
        let text = String(repeating: "u", count: place % 4) + secret + String(repeating: "v", count: place / 4)
        for encoded in [
            Data(text.utf8).base64EncodedString(),
            Data(text.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_"),
        ] {
            let hidden = masked("Authorization: Basic \(encoded) end", secret)
            #expect(hidden.hasPrefix("Authorization: Basic ") && hidden.hasSuffix(" end"))
            // Nothing that is left holds bits of the secret: only what stands for whole bytes before and after it.
            let first = place % 4 * 8 / 6, last = (place % 4 + secret.utf8.count) * 8
            let shown = hidden.dropFirst("Authorization: Basic ".count).prefix(encoded.count)
            for (index, character) in shown.enumerated() where index >= first && index * 6 < last {
                #expect(character == "*" || "**masked*".contains(character))
            }
            #expect(shown.prefix(first) == encoded.prefix(first))
        }
    }

    @Test func `escapes of URLs, JSON and markup are hidden`() {
        let secret = "pä ss/w&\"o'rd<1>\\"
        let forms = [
            "p%C3%A4%20ss%2Fw%26%22o%27rd%3C1%3E%5C", "p%c3%a4%20ss%2fw%26%22o%27rd%3c1%3e%5c",
            "p%C3%A4+ss%2Fw%26%22o%27rd%3C1%3E%5C", "p%C3%A4%20ss%2Fw%26%22o'rd%3C1%3E%5C",
            #"pä ss/w&\"o'rd<1>\\"#, #"pä ss\/w&\"o'rd<1>\\"#, #"p\u00e4 ss/w&\"o'rd<1>\\"#,
            #"pä ss/w&amp;"o'rd&lt;1&gt;\"#, #"pä ss/w&amp;&quot;o&#39;rd&lt;1&gt;\"#,
            #"pä ss/w&amp;&quot;o&#x27;rd&lt;1&gt;\"#, #"pä ss/w&amp;&quot;o&apos;rd&lt;1&gt;\"#,
            #"pä ss/w&"o'\''rd<1>\"#,
        ]
        for form in forms {
            let hidden = masked("[\(form)]", secret)
            #expect(hidden.allSatisfy { "[]*maske".contains($0) || $0 == "d" }, "\(form) became \(hidden)")
        }
    }

    @Test func `the lines of a key are hidden one by one, its frame is not`() {
        let key =
            "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkq\r\n  hkiG9w0BAQEFAASC\nshort\n-----END PRIVATE KEY-----\n"
        let log = "-----BEGIN PRIVATE KEY-----\nline MIIEvQIBADANBgkq!\nhkiG9w0BAQEFAASC\nshort"
        #expect(
            masked(log, key) == "-----BEGIN PRIVATE KEY-----\nline **masked********!\n****************\nshort")
        #expect(
            !masked("key=" + key.replacing("\r\n", with: "\\r\\n").replacing("\n", with: "\\n"), key).contains("MIIE"))
    }

    @Test func `short secrets hide themselves only`() {
        #expect(masked("abc YWJj %61", "abc") == "*** YWJj %61")
        #expect(masked("to be or not", "be") == "to be or not")
        #expect(masked("12345 MTIzNDU=", "12345") == "***** MTIzNDU=")
    }

    @Test func `secrets that overlap are hidden whole`() {
        #expect(masked("abcdefghij", "abcdef", "defghij").allSatisfy { $0 != "j" && $0 != "a" || $0 == "a" })
        #expect(masked("x abcdefghij x", "abcdef", "efghij") == "x **masked** x")
        #expect(masked("secret-inner", "inner", "secret-inner").contains("inner") == false)
    }

    @Test func `what is hidden in bytes moves nothing`() {
        let mask = SecretMask()
        mask.remember("grün-123")
        mask.remember("abc")
        var bytes = Array("abc grün-123 end".utf8)
        mask.blot(&bytes, shortest: 6)
        #expect(String(decoding: bytes, as: UTF8.self) == "abc ********* end")
    }

    @Test func `every occurrence is found, wherever it stands`() {
        var generator = SystemRandomNumberGenerator()
        let letters = Array("abcAB01/+ \"é".unicodeScalars)
        for _ in 0..<300 {
            let mask = SecretMask()
            let secrets = (0..<Int.random(in: 1...8, using: &generator)).map { _ in
                String(
                    String.UnicodeScalarView((0..<Int.random(in: 6...9)).compactMap { _ in letters.randomElement() }))
            }
            for secret in secrets { mask.remember(secret) }
            var text = ""
            for _ in 0..<6 {
                text += String(
                    String.UnicodeScalarView((0..<Int.random(in: 0...5)).compactMap { _ in letters.randomElement() }))
                text += secrets.randomElement() ?? ""
            }
            let hidden = mask.mask(text)
            for secret in secrets { #expect(!hidden.contains(secret), "\(secret) in \(text)") }
        }
    }
}
