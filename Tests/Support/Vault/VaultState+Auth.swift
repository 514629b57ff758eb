import Foundation
import StrictJSON

extension VaultState {
    // MARK: Signing in

    /// Nil for what is no login.
    mutating func login(_ request: VaultRequest) -> VaultAnswer? {
        let path = request.path
        guard path.count >= 3, let mount = auths[path[1]], path[2] == "login" else { return nil }
        switch mount.kind {
        case "userpass":
            guard path.count == 4, let user = mount.users[path[3]],
                user["password"]?.string == request.string("password")
            else { return .refused(400, "invalid username or password") }
            let entity = entity(alias: path[3], on: mount.accessor)
            return .auth(issue(["default"], entity: entity, path: request.text, lifetime: 3_600))
        case "approle":
            let role = mount.appRoles.values.first { $0.id == request.string("role_id") }
            guard let role else { return .refused(400, "invalid role or secret ID") }
            guard role.secretIDs.values.contains(where: { $0.secret == request.string("secret_id") }) else {
                return .refused(400, "invalid role or secret ID")
            }
            return .auth(issue(role.policies, entity: "", path: request.text, lifetime: 1_200))
        case "jwt": return jwtLogin(request, mount)
        default: return nil
        }
    }

    /// The double takes a token's claims for true: `{"iss", "sub", "aud"}` without a signature.
    private mutating func jwtLogin(_ request: VaultRequest, _ mount: Auth) -> VaultAnswer {
        guard let role = mount.roles[request.string("role") ?? ""] else {
            return .refused(400, "role could not be found")
        }
        let claims = (try? JSONParser.parse(Array((request.string("jwt") ?? "").utf8)))?.object
        let bound = mount.config["bound_issuer"]?.string ?? ""
        guard let claims, bound.isEmpty || claims["iss"]?.string == bound else {
            return .refused(400, "error validating token: invalid issuer (iss) claim")
        }
        let subject = role["bound_subject"]?.string ?? ""
        guard subject.isEmpty || claims["sub"]?.string == subject else {
            return .refused(400, "error validating token: invalid subject (sub) claim")
        }
        let audiences = role["bound_audiences"]?.array?.compactMap(\.string) ?? []
        guard audiences.contains(claims["aud"]?.string ?? "") else {
            return .refused(400, "error validating token: invalid audience (aud) claim")
        }
        let entity = entity(alias: claims["sub"]?.string ?? "", on: mount.accessor)
        let policies = role["token_policies"]?.array?.compactMap(\.string) ?? []
        let lifetime = role["token_ttl"]?.integer ?? 3_600
        return .auth(issue(["default"] + policies, entity: entity, path: request.text, lifetime: lifetime))
    }

    /// Whoever signs in for the first time becomes an entity.
    private mutating func entity(alias name: String, on accessor: String) -> String {
        let found = entities.values.first { entity in
            entity.aliases.contains { $0.accessor == accessor && $0.name.lowercased() == name.lowercased() }
        }
        if let found { return found.id }
        let id = id("entity")
        entities[id] = Entity(
            id: id, name: "entity_" + id.suffix(8),
            aliases: [Alias(id: self.id("alias"), name: name, accessor: accessor)])
        return id
    }

    private mutating func issue(
        _ policies: [String], entity: String, path: String, lifetime: Int64, isRenewable: Bool = true
    ) -> JSONValue {
        let (text, accessor) = (id("hvs.canary"), id("accessor"))
        tokens[text] = Token(
            accessor: accessor, policies: policies, entity: entity, lifetime: lifetime, path: path,
            expires: lifetime > 0 ? Date().addingTimeInterval(Double(lifetime)) : nil, isRenewable: isRenewable)
        return [
            "client_token": .string(text), "accessor": .string(accessor), "entity_id": .string(entity),
            "policies": .array(policies.map(JSONValue.string)), "lease_duration": .integer(lifetime),
            "renewable": .bool(isRenewable), "token_type": "service",
        ]
    }

    // MARK: Mounts

    mutating func auth(_ request: VaultRequest, _ token: String) -> VaultAnswer {
        let path = request.path
        guard path.count > 2 else { return .noRoute(request.text) }
        if path[1] == "token" { return tokens(request, token) }
        guard let mount = auths[path[1]] else { return .noRoute(request.text) }
        switch (mount.kind, path[2]) {
        case ("userpass", "users") where path.count == 4 && request.operation == .write:
            auths[path[1]]?.users[path[3]] = request.body
            return .done
        case ("jwt", "config"):
            guard request.operation == .write else { return .data(.object(mount.config)) }
            auths[path[1]]?.config = request.body ?? JSONObject()
            return .done
        case ("jwt", "role"): return jwtRole(request, path[1], path.count > 3 ? path[3] : "")
        case ("approle", "role"): return appRole(request, path[1])
        default: return .refused(404, "1 error occurred:\n\t* unsupported path\n\n")
        }
    }

    private mutating func jwtRole(_ request: VaultRequest, _ mount: String, _ name: String) -> VaultAnswer {
        let found = auths[mount]?.roles[name]
        switch request.operation {
        case .list: return .list(Array(auths[mount]?.roles.keys ?? [:].keys))
        case .read: return found.map { .data(.object($0)) } ?? .absent
        case .delete:
            auths[mount]?.roles[name] = nil
            return .done
        case .write:
            guard name.utf8.allSatisfy({ $0.isWordByte }), !name.isEmpty else { return .noRoute(request.text) }
            var role =
                found
                ?? ([
                    "role_type": "oidc", "bound_subject": "", "bound_audiences": nil, "bound_claims": nil,
                    "token_policies": [], "token_ttl": 0, "token_max_ttl": 0,
                ] as JSONValue).object ?? JSONObject()
            for member in request.body?.members ?? [] { role[member.name] = member.value }
            guard role["user_claim"]?.string?.isEmpty == false else {
                return .refused(400, "a user claim must be defined on the role")
            }
            let isBound =
                role["bound_subject"]?.string?.isEmpty == false || role["bound_audiences"]?.array?.isEmpty == false
                || role["bound_claims"]?.object?.members.isEmpty == false
            guard role["role_type"]?.string != "jwt" || isBound else {
                return .refused(400, "must have at least one bound constraint when creating/updating a role")
            }
            auths[mount]?.roles[name] = role
            return .done
        }
    }

    private mutating func appRole(_ request: VaultRequest, _ mount: String) -> VaultAnswer {
        let path = Array(request.path.dropFirst(3))
        let roles = auths[mount]?.appRoles ?? [:]
        guard let name = path.first else { return .list(Array(roles.keys)) }
        switch (path.dropFirst().joined(separator: "/"), request.operation) {
        case ("", .write):
            var role = roles[name] ?? AppRole(id: id("role"))
            if let policies = request.strings("token_policies") { role.policies = policies }
            auths[mount]?.appRoles[name] = role
            return .done
        case ("", .delete):
            auths[mount]?.appRoles[name] = nil
            return .done
        case ("role-id", .read): return roles[name].map { .data(["role_id": .string($0.id)]) } ?? .absent
        case ("secret-id", .list): return .list(Array(roles[name]?.secretIDs.keys ?? [:].keys))
        case ("secret-id", .write):
            guard roles[name] != nil else { return .refused(400, "role \"\(name)\" does not exist") }
            let metadata = (try? JSONParser.parse(Array((request.string("metadata") ?? "{}").utf8)))?.object
            let (accessor, secret) = (id("secret-accessor"), id("canary-secret"))
            auths[mount]?.appRoles[name]?.secretIDs[accessor] = SecretID(
                secret: secret, metadata: Self.texts(metadata ?? JSONObject()), created: Self.now())
            return .data(["secret_id": .string(secret), "secret_id_accessor": .string(accessor), "secret_id_ttl": 0])
        case ("secret-id-accessor/lookup", .write):
            guard let role = roles[name] else {
                return .refused(500, "1 error occurred:\n\t* role \"\(name)\" does not exist\n\n")
            }
            let accessor = request.string("secret_id_accessor") ?? ""
            guard let found = role.secretIDs[accessor] else {
                let text = "failed to find accessor entry for secret_id_accessor: \"\(accessor)\""
                return .absentWith(["error": .string(text)])
            }
            return .data([
                "creation_time": .string(found.created), "metadata": Self.json(found.metadata),
                "secret_id_accessor": .string(accessor), "secret_id_ttl": 0,
            ])
        case ("secret-id-accessor/destroy", .write):
            auths[mount]?.appRoles[name]?.secretIDs[request.string("secret_id_accessor") ?? ""] = nil
            return .done
        default: return .refused(404, "1 error occurred:\n\t* unsupported path\n\n")
        }
    }

    // MARK: Tokens

    private mutating func tokens(_ request: VaultRequest, _ own: String) -> VaultAnswer {
        let wanted = tokens.first { $0.value.accessor == request.string("accessor") }
        switch request.path.dropFirst(2).joined(separator: "/") {
        case "accessors" where request.operation == .list:
            return .list(tokens.values.map(\.accessor) + accessorsLeftBehind)
        case "lookup-self": return tokens[own].map { .data(json($0)) } ?? .denied
        case "lookup-accessor":
            if accessorsLeftBehind.contains(request.string("accessor") ?? "") { return .denied }
            return wanted.map { .data(json($0.value)) } ?? .refused(400, "1 error occurred:\n\t* invalid accessor\n\n")
        case "revoke-accessor":
            // Older servers refuse it as an invalid one.
            guard let wanted else {
                return .plain(["auth": nil, "data": nil, "warnings": ["No token found with this accessor"]])
            }
            revoke(wanted.key)
            return .done
        case "renew-self":
            guard var token = tokens[own], token.isRenewable, token.lifetime > 0 else {
                return .refused(400, "lease is not renewable")
            }
            token.expires = Date().addingTimeInterval(Double(token.lifetime))
            tokens[own] = token
            return .auth([
                "client_token": .string(own), "lease_duration": .integer(token.lifetime), "renewable": true,
            ])
        case "create":
            let lifetime = request.body?["ttl"]?.integer ?? request.string("ttl").flatMap { Int64($0.dropLast()) } ?? 0
            return .auth(
                issue(
                    request.strings("policies") ?? [], entity: "", path: "auth/token/create", lifetime: lifetime,
                    isRenewable: request.body?["renewable"]?.bool ?? true))
        default: return .refused(404, "1 error occurred:\n\t* unsupported path\n\n")
        }
    }

    private func json(_ token: Token) -> JSONValue {
        let left = token.expires.map { Int64($0.timeIntervalSinceNow.rounded(.up)) } ?? 0
        return [
            "accessor": .string(token.accessor), "creation_time": .integer(Int64(token.created.timeIntervalSince1970)),
            "creation_ttl": .integer(token.lifetime), "entity_id": .string(token.entity),
            "path": .string(token.path), "policies": .array(token.policies.map(JSONValue.string)),
            "renewable": .bool(token.isRenewable), "ttl": .integer(left), "type": "service",
        ]
    }
}

extension UInt8 {
    /// Of the names that many paths take.
    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }
}
