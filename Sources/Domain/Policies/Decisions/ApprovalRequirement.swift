import AccessModel
import Definitions
import StrictJSON

/// So many distinct people of a kind have to agree, never the one who asks.
public struct ApprovalRequirement: Hashable, Sendable {
    public enum Source: Hashable, Sendable {
        /// The approvers of the group's windows.
        case approvers
        /// Anybody else: who approves holds.
        case secondPerson
        /// Who is in one of the groups, standing or eligible, and these people. Sorted.
        case any(groups: [Group], people: [EmailAddress])
    }

    public var from: Source
    /// At least one.
    public var count: Int
    /// How long they are waited for; nil: as long as requests are.
    public var within: Span?
    /// The policies that ask for it, sorted; empty for a rule that is none.
    public var policies: [Slug]

    public init(from: Source, count: Int, within: Span? = nil, policies: [Slug] = []) {
        self.from = from
        self.count = count
        self.within = within
        self.policies = policies
    }

    /// The union: of what is asked of the same people, the greatest count and the shortest time.
    public static func union(_ requirements: some Sequence<ApprovalRequirement>) -> [ApprovalRequirement] {
        var union: [ApprovalRequirement] = []
        for requirement in requirements {
            guard let index = union.firstIndex(where: { $0.from == requirement.from }) else {
                union.append(requirement)
                continue
            }
            union[index].count = max(union[index].count, requirement.count)
            let spans = [union[index].within, requirement.within].compactMap { $0 }
            union[index].within = spans.min()
            union[index].policies = Set(union[index].policies + requirement.policies).sorted()
        }
        return union
    }
}

extension ApprovalRequirement {
    /// `{"from": ["approvers"], "count": 2, "within": "4h", "policies": [...]}`.
    public var json: JSONValue {
        var object = JSONObject()
        object["from"] = .array(from.names.map(JSONValue.string))
        object["count"] = .integer(Int64(count))
        object["within"] = within.map { .string($0.description) }
        object["policies"] = .array(policies.map { .string($0.text) })
        return .object(object)
    }

    /// Reads what ``json`` wrote; nil for anything else.
    public init?(json: JSONValue) {
        guard let names = json["from"]?.array?.compactMap(\.string), let from = Source(names: names),
            let count = json["count"]?.integer, count > 0
        else { return nil }
        let policies = (json["policies"]?.array ?? []).compactMap { $0.string.flatMap { Slug($0) } }
        self.init(
            from: from, count: Int(clamping: count), within: json["within"]?.string.flatMap { Span($0) },
            policies: policies)
    }

    /// Tells what is asked for apart, whichever policies ask for it and however long they wait.
    public var key: String {
        var same = self
        (same.within, same.policies) = (nil, [])
        return String(decoding: same.json.canonicalBytes, as: UTF8.self)
    }

    /// `2 of the group's approvers within 4h`.
    public var text: String {
        let people =
            switch from {
            case .approvers: "the group's approvers"
            case .secondPerson: "a second person"
            case .any: from.names.joined(separator: ", ")
            }
        let time = within.map { " within \($0)" } ?? ""
        return from == .secondPerson ? people + time : "\(count) of \(people)\(time)"
    }
}

extension ApprovalRequirement.Source {
    /// As they are written in a file.
    var names: [String] {
        switch self {
        case .approvers: ["approvers"]
        case .secondPerson: ["second-person"]
        case .any(let groups, let people): groups.map(\.path) + people.map(\.text)
        }
    }

    init?(names: [String]) {
        if names == ["approvers"] {
            self = .approvers
        } else if names == ["second-person"] {
            self = .secondPerson
        } else {
            let groups = names.compactMap { Group($0) }
            let people = names.compactMap { EmailAddress($0) }
            guard !names.isEmpty, groups.count + people.count == names.count else { return nil }
            self = .any(groups: groups.sorted(), people: people.sorted { $0.text < $1.text })
        }
    }
}
