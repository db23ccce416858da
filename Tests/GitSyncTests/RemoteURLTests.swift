import Testing

@testable import GitSync

@Suite struct RemoteURLTests {
    @Test(arguments: [
        ("https://github.com/o/r", "https://github.com/o/r/commit/"),
        ("https://github.com/o/r.git", "https://github.com/o/r/commit/"),
        ("https://bitbucket.org/o/r.git", "https://bitbucket.org/o/r/commits/"),
        ("git@github.com:o/r.git", "https://github.com/o/r/commit/"),
        ("ssh://git@host:22/p", "https://host/p/commit/"),
        ("https://user:p%40ss@gitlab.example/g/s/r.git", "https://gitlab.example/g/s/r/commit/"),
    ]) func `a commit has a page`(url: String, page: String) throws {
        let id = String(repeating: "ab", count: 20)
        let commit = try #require(ObjectID(hex: id))
        #expect(try RemoteURL(url).commitPage(commit, branch: "main") == page + id)
    }

    @Test func `Azure names the branch in its page`() throws {
        let commit = try #require(ObjectID(hex: String(repeating: "12", count: 20)))
        let expected = "https://dev.azure.com/org/proj/_git/repo/commit/\(commit)?refName=refs%2Fheads%2Fdev"
        #expect(try RemoteURL("https://dev.azure.com/org/proj/_git/repo").commitPage(commit, branch: "dev") == expected)
        #expect(
            try RemoteURL("git@ssh.dev.azure.com:v3/org/proj/repo").commitPage(commit, branch: "dev") == expected)
    }

    @Test(arguments: [
        "--upload-pack=touch /tmp/x", "ext::sh -c touch%20/tmp/x", "fd::17", "https://h/p\nx", "", "ftp://h/p",
        "relative/path",
        "ssh://-oProxyCommand=x/p", "-x@h:p", "ssh://-u@h/p", "git@-oProxy:p",
    ]) func `what would run a program or is no address is refused`(url: String) {
        #expect(throws: GitError.self) { try RemoteURL(url) }
    }

    @Test func `credentials in the address are used and never shown`() throws {
        let url = try RemoteURL("https://user:p%40ss@gitlab.example/g/r.git")
        #expect(url.address == "https://gitlab.example/g/r.git")
        let connection = Connection(url: url)
        #expect(connection.login?.user == "user")
        #expect(connection.login?.password == "p@ss")
        #expect(!connection.redacting("fatal: p@ss is wrong").contains("p@ss"))
        #expect(connection.authorization == "Basic dXNlcjpwQHNz")
    }

    @Test func `a description of credentials holds no secret`() throws {
        let credentials = GitCredentials(username: "ann", password: Secret("tok-123"), privateKey: Secret("KEY"))
        let connection = Connection(url: try RemoteURL("https://h/r"), credentials: credentials)
        for text in ["\(credentials)", "\(connection)", String(reflecting: connection)] {
            #expect(!text.contains("tok-123") && !text.contains("KEY"))
        }
        var dumped = ""
        dump(connection, to: &dumped)
        #expect(!dumped.contains("tok-123"))
    }

    @Test func `caches are named by address and credentials`() throws {
        func name(_ url: String, _ password: String? = nil) throws -> String {
            Connection(
                url: try RemoteURL(url), credentials: GitCredentials(username: "a", password: password.map(Secret.init))
            ).cacheName
        }
        #expect(try name("https://Host/r/") == name("https://host/r"))
        #expect(try name("https://host/r", "x") != name("https://host/r", "y"))
        #expect(try name("https://host/r").count == 64)
    }

    @Test func `one of user and password alone is anonymous`() throws {
        let url = try RemoteURL("https://h/r")
        #expect(Connection(url: url, credentials: GitCredentials(password: Secret("x"))).login == nil)
        #expect(Connection(url: url, credentials: GitCredentials(username: "x")).login == nil)
    }

    @Test(arguments: [("a", "YQ=="), ("ab", "YWI="), ("abc", "YWJj"), ("", ""), ("abcd", "YWJjZA==")])
    func `base 64`(text: String, encoded: String) { #expect(base64(Array(text.utf8)) == encoded) }

    @Test(arguments: [
        ("/flows/", "flows"), ("./flows", "flows"), ("flows//", "flows"), (".", ""), ("", ""), ("/", ""),
        ("a/./b", "a/b"),
    ])
    func `a directory is normalised`(text: String, path: String) throws {
        #expect(try GitDirectory(text).description == path)
    }

    @Test(arguments: ["../x", "a/../b", ".git/hooks"]) func `a directory never leaves the repository`(text: String) {
        #expect(throws: GitError.self) { try GitDirectory(text) }
    }
}
