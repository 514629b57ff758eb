import AccessModel
import StrictJSON

/// Which namespaces are a coordinate's.
///
/// A namespace says where it belongs by labels; one that a template names for a tenant's tier belongs there unless its
/// labels say otherwise. What says nothing is nobody's: access is never given in a place that is only guessed.
struct NamespaceRules: Hashable, Sendable {
    enum Dimension: String, CaseIterable, Sendable {
        case sector, tier, region, tenant
    }

    let template: NamespaceTemplate?
    /// The label that holds each dimension.
    let labels: [Dimension: String]
    /// What holds for namespaces that do not say.
    let assumed: [Dimension: Slug]

    static let standardLabels: [Dimension: String] = Dictionary(
        uniqueKeysWithValues: Dimension.allCases.map { ($0, "tenure.io/\($0.rawValue)") })

    /// The namespace that the template names for a place; nil where the place leaves a dimension of it open.
    func name(for scope: Coordinate) -> String? { template?.name(for: scope) }

    /// Selects what may be a place's, by labels alone; ``holds(_:in:)`` decides.
    func selector(for scope: Coordinate) -> String? {
        var terms: [String] = []
        for dimension in [Dimension.tenant, .tier] {
            guard let label = labels[dimension], assumed[dimension] == nil else { continue }
            if let value = scope[dimension].slug {
                terms.append("\(label)=\(value)")
            } else if dimension == .tenant {
                terms.append(label)
            }
        }
        return terms.isEmpty ? nil : terms.joined(separator: ",")
    }

    /// Whether a namespace lies in a place.
    func holds(_ namespace: Namespace, in scope: Coordinate) -> Bool {
        let isNamed = name(for: scope) == namespace.name
        let isPinned = scope.tenant.slug != nil && scope.tier.slug != nil
        for dimension in Dimension.allCases {
            let said = labels[dimension].flatMap { namespace.metadata.labels[$0] }
            guard let wanted = scope[dimension].slug else {
                // All tenants are those that say who they are.
                if dimension == .tenant, said == nil, !isNamed { return false }
                continue
            }
            if let said {
                guard said == wanted.text else { return false }
            } else if let assumed = assumed[dimension] {
                guard assumed == wanted else { return false }
            } else {
                switch dimension {
                case .tenant, .tier: guard isNamed else { return false }
                // A tenant's tier is in all of the tenant's sectors and regions.
                case .sector, .region: guard isPinned else { return false }
                }
            }
        }
        return true
    }

    /// What a namespace that is made for a place says of itself.
    func labels(for scope: Coordinate) -> [String: String] {
        var texts: [String: String] = [:]
        for dimension in Dimension.allCases {
            guard let label = labels[dimension], let slug = scope[dimension].slug else { continue }
            texts[label] = slug.text
        }
        return texts
    }

    /// Whether a namespace says that it is some tenant's.
    func isManaged(_ namespace: Namespace) -> Bool {
        labels[.tenant].map { namespace.metadata.labels[$0] != nil } ?? false
    }
}

/// `{tenant}-{tier}`: how namespaces are called.
struct NamespaceTemplate: Hashable, Sendable {
    private enum Part: Hashable, Sendable {
        case text(String)
        case dimension(NamespaceRules.Dimension)
    }

    private let parts: [Part]

    /// Nil for a template with an unknown name in braces, or without a tenant.
    init?(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let start = rest.firstIndex(of: "{") {
            guard let end = rest[start...].firstIndex(of: "}"),
                let dimension = NamespaceRules.Dimension(rawValue: String(rest[rest.index(after: start)..<end]))
            else { return nil }
            parts += [.text(String(rest[..<start])), .dimension(dimension)]
            rest = rest[rest.index(after: end)...]
        }
        parts.append(.text(String(rest)))
        let texts = parts.compactMap { part in if case .text(let text) = part { text } else { nil } }
        guard parts.contains(.dimension(.tenant)),
            texts.joined().utf8.allSatisfy({ $0.isLowercaseLetter || $0.isDigit || $0 == UInt8(ascii: "-") })
        else { return nil }
        self.parts = parts
    }

    func name(for scope: Coordinate) -> String? {
        var name = ""
        for part in parts {
            switch part {
            case .text(let text): name += text
            case .dimension(let dimension):
                guard let slug = scope[dimension].slug else { return nil }
                name += slug.text
            }
        }
        return name.utf8.count <= 63 ? name : nil
    }
}

/// A namespace, as it was read.
struct Namespace: Hashable, Sendable {
    let metadata: ObjectMetadata
    /// Whether it is on its way out and takes nothing in.
    let isGoing: Bool

    init?(_ object: JSONValue) {
        guard let metadata = ObjectMetadata(object) else { return nil }
        self.metadata = metadata
        isGoing = metadata.isTerminating || object["status"]?["phase"]?.string == "Terminating"
    }

    var name: String { metadata.name }
}

extension Coordinate {
    subscript(dimension: NamespaceRules.Dimension) -> Dimension {
        switch dimension {
        case .sector: sector
        case .tier: tier
        case .region: region
        case .tenant: tenant
        }
    }
}
