import StrictJSON

extension VaultState {
    /// KV, version 2; a read of `creds` is a dynamic secret with a lease.
    mutating func keyValue(_ request: VaultRequest, _ token: String) -> VaultAnswer {
        let path = request.path
        guard path.count > 1, let mount = secrets[path[0]] else { return .noRoute(request.text) }
        let key = path.dropFirst(2).joined(separator: "/")
        switch (path[1], request.operation) {
        case ("metadata", .list): return list(mount, key)
        case ("metadata", .read): return mount[key].map { .data(Self.metadata($0)) } ?? .absent
        case ("metadata", .write):
            var secret = mount[key] ?? Secret()
            if let texts = request.body?["custom_metadata"]?.object { secret.metadata = Self.texts(texts) }
            secrets[path[0]]?[key] = secret
            return .done
        case ("data", .read): return read(mount[key], request)
        case ("data", .write): return write(request, path[0], key)
        case ("destroy", .write):
            for number in request.body?["versions"]?.array?.compactMap(\.integer) ?? [] {
                let index = Int(number) - 1
                guard let count = secrets[path[0]]?[key]?.versions.count, index >= 0, index < count else { continue }
                secrets[path[0]]?[key]?.versions[index].data = nil
            }
            return .done
        case ("creds", .read):
            let lease = "\(path.joined(separator: "/"))/\(id("lease"))"
            leases[lease] = token
            return .plain(["lease_id": .string(lease), "data": ["password": "canary-of-a-lease"], "auth": nil])
        case ("leases", .list): return .list(leases.keys.filter { $0.hasPrefix("\(path[0])/creds/") })
        default: return .refused(404, "1 error occurred:\n\t* unsupported path\n\n")
        }
    }

    private func list(_ mount: [String: Secret], _ folder: String) -> VaultAnswer {
        let prefix = folder.isEmpty ? "" : folder + "/"
        var names: Set<String> = []
        for key in mount.keys where key.hasPrefix(prefix) {
            let rest = key.dropFirst(prefix.count)
            names.insert(rest.firstIndex(of: "/").map { String(rest[...$0]) } ?? String(rest))
        }
        return .list(Array(names))
    }

    private func read(_ secret: Secret?, _ request: VaultRequest) -> VaultAnswer {
        guard let secret, !secret.versions.isEmpty else { return .absent }
        let number = request.query["version"].flatMap { Int($0) } ?? 0
        let index = (number == 0 ? secret.versions.count : number) - 1
        guard secret.versions.indices.contains(index) else { return .absent }
        let version = secret.versions[index]
        let metadata: JSONValue = [
            "version": .integer(Int64(index + 1)), "created_time": .string(version.created), "deletion_time": "",
            "destroyed": .bool(version.data == nil),
        ]
        guard let data = version.data else { return .absentWith(["data": nil, "metadata": metadata]) }
        return .data(["data": data, "metadata": metadata])
    }

    private mutating func write(_ request: VaultRequest, _ mount: String, _ key: String) -> VaultAnswer {
        guard let data = request.body?["data"], data.object != nil else { return .refused(400, "no data provided") }
        var secret = secrets[mount]?[key] ?? Secret()
        if let cas = request.body?["options"]?["cas"]?.integer, cas != Int64(secret.versions.count) {
            return .refused(400, "check-and-set parameter did not match the current version")
        }
        secret.versions.append(Version(data: data, created: Self.now()))
        secrets[mount]?[key] = secret
        return .data(["version": .integer(Int64(secret.versions.count)), "destroyed": false])
    }

    private static func metadata(_ secret: Secret) -> JSONValue {
        var versions = JSONObject()
        for (index, version) in secret.versions.enumerated() {
            versions[String(index + 1)] = [
                "created_time": .string(version.created), "deletion_time": "", "destroyed": .bool(version.data == nil),
            ]
        }
        return [
            "current_version": .integer(Int64(secret.versions.count)), "versions": .object(versions),
            "custom_metadata": secret.metadata.isEmpty ? .null : json(secret.metadata),
        ]
    }
}
