import FlowModel
import TaskKit

/// What all HTTP tasks say of their request. Source: engine spec §6.6, since-0.20 §3.1.
struct HTTPRequestProperties: PropertyBundle {
    @Property("The address.")
    var uri: String

    @Property("GET, POST, PUT, PATCH, DELETE, HEAD or any other method.")
    var method = "GET"

    @Property("What to add to the address's query: texts or lists of texts by name.")
    var params: PropertyMap<Value>?

    @Property("The request's body; a map or list is sent as JSON.")
    var body: String?

    @Property("A form to send instead of a body; with the content type multipart/form-data it may hold stored files.")
    var formData: PropertyMap<Value>?

    @Property("What the body is; application/json unless said otherwise.")
    var contentType: String?

    @Property("The request's headers.")
    var headers: PropertyMap<Value>?

    @Property("How the request is made: timeouts, authentication, proxy, redirects.")
    var options: HTTPOptions?

    @Property(deprecated: "Now `options.ssl`.")
    var sslOptions: SSLOptions? = nil

    @Property("Whether a status of 400 and more is no failure.")
    var allowFailed = false

    var plan: HTTPPlan {
        HTTPPlan(
            uri: uri, method: method.uppercased(), params: params?.map ?? [:], headers: headers?.map ?? [:], body: body,
            formData: formData?.map, contentType: contentType, options: options, ssl: sslOptions,
            allowFailed: allowFailed)
    }
}

/// Secrets that are written into the properties of a request.
enum HTTPCautions {
    private static let secrets: [(path: [String], name: String)] = [
        (["options", "auth", "password"], "HTTP_PASSWORD"), (["options", "auth", "token"], "HTTP_TOKEN"),
        (["options", "basicAuthPassword"], "HTTP_PASSWORD"), (["options", "proxy", "password"], "PROXY_PASSWORD"),
        (["options", "proxyPassword"], "PROXY_PASSWORD"),
    ]
    private static let headers = [
        "authorization", "proxy-authorization", "x-api-key", "api-key", "x-auth-token", "private-token", "cookie",
    ]

    static func about(_ task: FlowTask) -> [Caution] {
        var cautions = secrets.compactMap { Caution.ifLiteral($0.path, of: task, secret: $0.name) }
        let fix = "take it from a secret: \"{{ secret('HTTP_TOKEN') }}\""
        if let caution = Caution.ifSecretInURL("uri", of: task, fix: fix) { cautions.append(caution) }
        for (name, _) in task.properties["headers"]?.map ?? [:] where headers.contains(name.lowercased()) {
            if let caution = Caution.ifLiteral(["headers", name], of: task, secret: "HTTP_HEADER") {
                cautions.append(caution)
            }
        }
        return cautions
    }
}

extension PropertyMap where Content == Value {
    var map: ValueMap { ValueMap(members.map { ($0.key, $0.value) }, uniquingKeysWith: { first, _ in first }) }
}
