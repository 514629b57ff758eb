import Foundation
import StrictJSON

/// What the double holds.
struct VaultState {
    struct Token {
        let accessor: String
        var policies: [String]
        var entity = ""
        var lifetime: Int64
        var path: String
        var created = Date()
        var expires: Date?
        var isRenewable = true
    }

    struct Alias {
        let id: String
        var name: String
        let accessor: String
    }

    struct Entity {
        let id: String
        var name: String
        var metadata: [String: String] = [:]
        var policies: [String] = []
        var isDisabled = false
        var aliases: [Alias] = []
    }

    struct Group {
        let id: String
        var name: String
        var metadata: [String: String] = [:]
        var policies: [String] = []
        var members: [String] = []
        var nested: [String] = []
    }

    struct SecretID {
        let secret: String
        let metadata: [String: String]
        let created: String
    }

    struct AppRole {
        let id: String
        var policies: [String] = []
        var secretIDs: [String: SecretID] = [:]
    }

    /// An auth mount.
    struct Auth {
        let kind: String
        let accessor: String
        var config = JSONObject()
        var roles: [String: JSONObject] = [:]
        var appRoles: [String: AppRole] = [:]
        var users: [String: JSONObject] = [:]
    }

    struct Version {
        var data: JSONValue?
        let created: String
    }

    struct Secret {
        var versions: [Version] = []
        var metadata: [String: String] = [:]
    }

    let namespace: String?
    var tokens: [String: Token]
    var policies: [String: String] = ["default": ""]
    var entities: [String: Entity] = [:]
    var groups: [String: Group] = [:]
    var auths: [String: Auth] = [:]
    var secrets: [String: [String: Secret]] = [:]
    /// Ids of leases, with the token that took each out.
    var leases: [String: String] = [:]
    var accessorsLeftBehind: [String] = []
    var saysLess = false
    private var count = 0

    init(namespace: String?) {
        self.namespace = namespace
        tokens = [
            VaultDouble.rootToken: Token(
                accessor: "accessor-root", policies: ["root"], lifetime: 0, path: "auth/token/root", isRenewable: false)
        ]
    }

    mutating func id(_ kind: String) -> String {
        count += 1
        return "\(kind)-\(UUID().uuidString.lowercased())-\(count)"
    }

    static func now() -> String { Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    // MARK: From the door to the room

    mutating func answer(_ request: VaultRequest) -> VaultAnswer {
        guard !request.path.isEmpty else { return .noRoute("") }
        guard request.body != nil else { return .refused(400, "failed to parse JSON input") }
        if request.text == "sys/health" {
            guard request.namespace == nil else { return .refused(400, "operation unavailable in namespaces") }
            return .plain(["initialized": true, "sealed": false, "version": "1.18.0"])
        }
        guard request.namespace == namespace else { return .denied }
        if request.path.first == "auth", request.operation == .write, let answer = login(request) { return answer }
        guard let text = request.token, !text.isEmpty else { return .refused(403, "missing client token") }
        guard let token = tokens[text], token.expires.map({ $0 > Date() }) ?? true else {
            return saysLess
                ? .denied : .refused(403, "2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n")
        }
        if !token.entity.isEmpty, entities[token.entity]?.isDisabled ?? true { return .denied }
        guard isAllowed(request, token) else { return .denied }
        switch request.path.first {
        case "sys": return sys(request)
        case "identity": return identity(request)
        case "auth": return auth(request, text)
        default: return keyValue(request, text)
        }
    }

    private func isAllowed(_ request: VaultRequest, _ token: Token) -> Bool {
        if token.policies.contains("root") { return true }
        let groups = groups.values.filter { $0.members.contains(token.entity) }
        let names = Set(token.policies + groups.flatMap(\.policies) + (entities[token.entity]?.policies ?? []))
        guard let rules = VaultPolicies(names.sorted().compactMap { policies[$0] }) else { return false }
        var needed: Set<String> =
            switch request.operation {
            case .read: ["read"]
            case .list: ["list"]
            case .delete: ["delete"]
            case .write: [exists(request) ? "update" : "create"]
            }
        let protected = ["sys/leases/revoke-prefix/", "sys/leases/revoke-force/", "sys/auth/", "sys/leases/lookup/"]
        if request.text == "auth/token/accessors" || protected.contains(where: request.text.hasPrefix) {
            needed.insert("sudo")
        }
        return rules.allows(needed, on: request.text, isList: request.operation == .list)
    }

    /// Where the server tells a creation from an update; elsewhere every write is an update.
    private func exists(_ request: VaultRequest) -> Bool {
        let path = request.path
        if path.count > 2, secrets[path[0]] != nil, path[1] == "data" {
            return secrets[path[0]]?[path.dropFirst(2).joined(separator: "/")] != nil
        }
        if path.count == 4, path[0] == "auth", path[2] == "role", let mount = auths[path[1]] {
            return mount.roles[path[3]] != nil || mount.appRoles[path[3]] != nil
        }
        return true
    }

    // MARK: sys

    private mutating func sys(_ request: VaultRequest) -> VaultAnswer {
        let path = request.path
        switch (path.dropFirst().first, request.operation) {
        case ("policies", _) where path.count >= 3 && path[2] == "acl": return policy(request)
        case ("auth", .read):
            return .data(
                .object(
                    JSONObject(
                        auths.map { mount in
                            JSONObject.Member(
                                name: mount.key + "/",
                                value: ["type": .string(mount.value.kind), "accessor": .string(mount.value.accessor)])
                        })))
        case ("auth", .write):
            let mount = path.dropFirst(2).joined(separator: "/")
            guard auths[mount] == nil else { return .refused(400, "path is already in use at \(mount)/") }
            let kind = request.string("type") ?? ""
            auths[mount] = Auth(kind: kind, accessor: id("auth_\(kind)"))
            return .done
        case ("mounts", .write):
            let mount = path.dropFirst(2).joined(separator: "/")
            guard secrets[mount] == nil else { return .refused(400, "path is already in use at \(mount)/") }
            secrets[mount] = [:]
            return .done
        case ("leases", .write) where path.count > 3 && path[2] == "revoke-prefix":
            let prefix = path.dropFirst(3).joined(separator: "/")
            for (text, token) in tokens where token.path == prefix || token.path.hasPrefix(prefix + "/") {
                revoke(text)
            }
            for lease in leases.keys where lease.hasPrefix(prefix + "/") { leases[lease] = nil }
            return .done
        default: return .noRoute(request.text)
        }
    }

    private mutating func policy(_ request: VaultRequest) -> VaultAnswer {
        let name = request.path.dropFirst(3).joined(separator: "/").lowercased()
        switch request.operation {
        case .list: return .list(Array(policies.keys) + ["root"])
        case .read:
            return policies[name].map { .data(["name": .string(name), "policy": .string($0)]) } ?? .absent
        case .write:
            guard name != "root", let text = request.string("policy") else {
                return .refused(400, "'policy' parameter not supplied or empty")
            }
            guard VaultPolicies([text]) != nil else { return .refused(400, "failed to parse policy") }
            policies[name] = text
            return .done
        case .delete:
            guard name != "default", name != "root" else { return .refused(400, "cannot delete \"\(name)\" policy") }
            policies[name] = nil
            return .done
        }
    }

    mutating func revoke(_ text: String) {
        tokens[text] = nil
        for (lease, owner) in leases where owner == text { leases[lease] = nil }
    }
}
