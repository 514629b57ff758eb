import Foundation
import StrictJSON
import Synchronization
import TestSupport

/// A real SCIM service, asked over its API.
final class SCIMTarget: TargetSystem {
    private let server: SCIMServer
    private let saved = Mutex<[String: [JSONValue]]>([:])
    /// Members stand for people, so groups go first when something is taken away, and last when it is put back.
    private static let kinds = ["Users", "Groups"]

    init() async throws {
        guard let server = try await SCIMServer.start() else {
            throw TargetTrouble(description: "scim2-server is not installed")
        }
        self.server = server
    }

    var definition: String {
        """
        connector: scim
            settings: {url: "\(server.url)"}
            credential: env:SCIM_TOKEN
        """
    }

    var environment: [String: String] { ["SCIM_TOKEN": SCIMServer.token] }
    var ports: [Int] { URL(string: server.url)?.port.map { [$0] } ?? [] }
    var hasRoles: Bool { false }

    func save() throws {
        for kind in Self.kinds {
            let resources = try server.resources(kind)
            saved.withLock { $0[kind] = resources }
        }
    }

    func restore() throws {
        for kind in Self.kinds.reversed() {
            let kept = Set(saved.withLock { $0[kind] ?? [] }.compactMap { $0["id"]?.string })
            for resource in try server.resources(kind) {
                guard let id = resource["id"]?.string, !kept.contains(id) else { continue }
                try server.request("DELETE", "/\(kind)/\(id)")
            }
        }
        for kind in Self.kinds {
            var now: [String: JSONValue] = [:]
            for resource in try server.resources(kind) { now[resource["id"]?.string ?? ""] = resource }
            for resource in saved.withLock({ $0[kind] ?? [] }) {
                guard let id = resource["id"]?.string, let held = now[id] else {
                    throw TargetTrouble(description: "a \(kind) that was there before the story is gone")
                }
                guard content(held) != content(resource) else { continue }
                try server.request("PUT", "/\(kind)/\(id)", content(resource))
            }
        }
    }

    func stop() { server.stop() }

    func holdings() throws -> Holdings {
        var holdings = Holdings()
        var people: [String: String] = [:]
        for user in try server.resources("Users") {
            let person = user["externalId"]?.string ?? user["userName"]?.string ?? ""
            people[user["id"]?.string ?? ""] = person
            holdings.accounts.append("\(person) \(user["active"]?.bool == false ? "disabled" : "active")")
        }
        for group in try server.resources("Groups") {
            let name = group["displayName"]?.string ?? ""
            holdings.groups.append(name)
            for member in group["members"]?.array ?? [] {
                let id = member["value"]?.string ?? ""
                holdings.memberships.append("\(name) \(people[id] ?? id)")
            }
        }
        return holdings
    }

    /// Without what the service itself says of it. Members that were groups' own are the people's to keep.
    private func content(_ resource: JSONValue) -> JSONValue {
        guard var object = resource.object else { return resource }
        for name in ["meta", "groups"] { object[name] = nil }
        return .object(object)
    }
}
