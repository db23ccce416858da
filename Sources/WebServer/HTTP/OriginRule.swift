import Hummingbird

/// Refuses writes that a page of another site makes a browser send: with no sign-in, the address is the only protection.
struct OriginRule {
    let settings: WebSettings

    private static let originName = HeaderName("Origin")!
    private static let siteName = HeaderName("Sec-Fetch-Site")!

    func check(_ request: Request) throws(Refusal) {
        if request.method == .get || request.method == .head { return }
        guard let origin = request.headers[Self.originName] else {
            // Only browsers send it, and only it when they keep the origin to themselves.
            let site = request.headers[Self.siteName]?.lowercased()
            if site == "cross-site" || site == "same-site" { throw refusal("another site") }
            return
        }
        let own = ["http://", "https://"].map { $0 + (request.head.authority ?? "") }
        if own.contains(origin) || settings.url.map({ $0 == origin || $0.hasPrefix(origin + "/") }) ?? false { return }
        throw refusal("`\(origin)`")
    }

    private func refusal(_ whose: String) -> Refusal {
        Refusal(
            .forbidden, "A page of \(whose) may not change anything here: open the address of this server itself",
            code: "other-origin")
    }
}
