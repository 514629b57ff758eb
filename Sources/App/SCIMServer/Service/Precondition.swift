import HTTPTypes
import StrictJSON
import WebServer

/// Which version of a resource a request is about (RFC 7644, section 3.14). ETags are weak: they name a version, not bytes.
struct Precondition: Sendable {
    /// Of `If-Match`, or of an operation in a bulk; nil where nothing is said.
    private let tags: [Tag]?

    private enum Tag: Hashable {
        case any
        case version(String)
        /// A text without quotes is nobody's version.
        case noVersion
    }

    static let none = Precondition(tags: nil)

    private init(tags: [Tag]?) { self.tags = tags }

    init(_ request: WebRequest) { tags = request.headers[.ifMatch].map(Self.tags) }

    /// Of one operation.
    init(version: String?) { tags = version.map(Self.tags) }

    /// - Throws: 412 where the resource is in another version.
    func check(_ resource: StoredResource) throws(SCIMError) {
        guard let tags, !Self.name(tags, resource) else { return }
        throw SCIMError(.preconditionFailed, nil, "it has the version `\(resource.eTag)` now")
    }

    /// Whether `If-None-Match` names the version that a resource has.
    static func isKnown(_ resource: StoredResource, to request: WebRequest) -> Bool {
        guard let tags = request.headers[.ifNoneMatch].map(Self.tags) else { return false }
        return name(tags, resource)
    }

    private static func name(_ tags: [Tag], _ resource: StoredResource) -> Bool {
        tags.contains(.any) || tags.contains(.version(String(resource.version)))
    }

    /// What stands within the quotes.
    private static func tags(_ header: String) -> [Tag] {
        header.split(separator: ",").map { part in
            var tag = part.drop { $0 == " " }
            while tag.last == " " { tag.removeLast() }
            if tag == "*" { return .any }
            if tag.hasPrefix("W/") { tag = tag.dropFirst(2) }
            guard tag.count >= 2, tag.hasPrefix("\""), tag.hasSuffix("\"") else { return .noVersion }
            return .version(String(tag.dropFirst().dropLast()))
        }
    }
}
