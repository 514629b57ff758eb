import HTTPTypes
import StrictJSON
import WebServer

/// Which version of a resource a request is about (RFC 7644, section 3.14). ETags are weak: they name a version, not bytes.
struct Precondition: Sendable {
    /// Of `If-Match`, or of an operation in a bulk; nil where nothing is said.
    private let tags: [String]?

    static let none = Precondition(tags: nil)

    private init(tags: [String]?) { self.tags = tags }

    init(_ request: WebRequest) { tags = request.headers[.ifMatch].map(Self.tags) }

    /// Of one operation.
    init(version: String?) { tags = version.map(Self.tags) }

    /// - Throws: 412 where the resource is in another version.
    func check(_ resource: StoredResource) throws(SCIMError) {
        guard let tags, !tags.contains("*"), !tags.contains(String(resource.version)) else { return }
        throw SCIMError(.preconditionFailed, nil, "it has the version `\(resource.eTag)` now")
    }

    /// Whether `If-None-Match` names the version that a resource has.
    static func isKnown(_ resource: StoredResource, to request: WebRequest) -> Bool {
        guard let tags = request.headers[.ifNoneMatch].map(Self.tags) else { return false }
        return tags.contains("*") || tags.contains(String(resource.version))
    }

    /// What stands within the quotes; a text without quotes is nobody's version.
    private static func tags(_ header: String) -> [String] {
        header.split(separator: ",").map { part in
            var tag = part.drop { $0 == " " }
            while tag.last == " " { tag.removeLast() }
            if tag == "*" { return "*" }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            guard tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return "" }
            return String(tag.dropFirst().dropLast())
        }
    }
}
