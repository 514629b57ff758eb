import AccessModel
import Definitions
import Foundation
import StrictJSON

/// A tenant's file in which a workload is declared, ended, or given more time: edited in place, checked as a whole before it is
/// written, and written in one piece.
public struct WorkloadFile: Sendable {
    /// What came of an edit.
    public struct Edit: Sendable {
        /// Relative to the organisation's folder.
        public let path: String
        public let workload: Workload
        public let difference: [String]
        /// Warnings and notes about the file as it is now.
        public let remarks: [Diagnostic]
        public let isWritten: Bool

        public var json: JSONValue {
            var object = WorkloadFile.json(workload).object ?? JSONObject()
            object["file"] = .string(path)
            object["written"] = .bool(isWritten)
            object["diff"] = .array(difference.map { .string($0) })
            object["remarks"] = .array(remarks.map(\.json))
            return .object(object)
        }
    }

    private let directory: String
    private let contents: DefinitionFolder.Contents

    public init(_ directory: String) throws {
        self.directory = directory
        contents = try DefinitionFolder(directory).read()
    }

    /// Every declared workload, by place.
    public func all() throws -> [Workload] {
        let check = DefinitionCheck(contents)
        guard let organization = check.definitions?.organization else {
            throw BrokenDefinitions(check.diagnostics, outcome: "workloads cannot be listed")
        }
        return organization.tenants.flatMap(\.workloads) + organization.core.groups.flatMap(\.workloads)
    }

    public func add(_ draft: WorkloadDraft, to tenant: Slug, isDry: Bool) throws -> Edit {
        if let known = try all().first(where: { $0.tenant == tenant && $0.tier == draft.tier && $0.name == draft.name })
        {
            throw InstallationError(
                code: .usage, operation: "create \(known.identity)", message: "it is declared already at \(known.place)"
            )
        }
        return try edit(tenant, draft.name, draft.tier, isDry: isDry) { editor throws(BrokenFile) in
            try editor.add(draft)
        }
    }

    public func set(until: String, of name: Slug, _ tier: Slug, _ tenant: Slug, isDry: Bool) throws -> Edit {
        try edit(tenant, name, tier, isDry: isDry) { editor throws(BrokenFile) in
            try editor.set(until: until, of: name, in: tier)
        }
    }

    private func edit(
        _ tenant: Slug, _ name: Slug, _ tier: Slug, isDry: Bool,
        _ body: (inout TenantFileEditor) throws(BrokenFile) -> Void
    ) throws -> Edit {
        let path = "tenants/\(tenant).yaml"
        guard let index = contents.files.firstIndex(where: { $0.path == path }) else {
            throw InstallationError(
                code: .missing, operation: "read `\(path)`", message: "there is no tenant `\(tenant)` in `\(directory)`"
            )
        }
        let old = contents.files[index]
        let new: DefinitionFile
        do throws(BrokenFile) {
            var editor = try TenantFileEditor(old)
            try body(&editor)
            new = DefinitionFile(path: path, bytes: editor.bytes)
        } catch {
            throw BrokenDefinitions(error.problems, outcome: "nothing was written")
        }
        var changed = contents
        changed.files[index] = new
        let check = DefinitionCheck(changed)
        let workload = check.definitions?.organization.tenant(tenant)?.workloads.first {
            $0.tier == tier && $0.name == name
        }
        guard let workload else { throw BrokenDefinitions(check.diagnostics, outcome: "nothing was written") }
        if !isDry, new.bytes != old.bytes { try write(new) }
        return Edit(
            path: path, workload: workload,
            difference: LineDifference(
                from: String(decoding: old.bytes, as: UTF8.self), to: String(decoding: new.bytes, as: UTF8.self)
            ).lines, remarks: check.diagnostics.filter { $0.place.file == path },
            isWritten: !isDry && new.bytes != old.bytes)
    }

    /// Beside it first, so that nobody ever reads a half of it; with the permissions that it had.
    private func write(_ file: DefinitionFile) throws(InstallationError) {
        let url = URL(filePath: directory).appending(path: file.path).resolvingSymlinksInPath()
        let beside = url.deletingLastPathComponent().appending(path: ".\(UUID().uuidString).tmp")
        do {
            let permissions = try FileManager.default.attributesOfItem(atPath: url.path)[.posixPermissions]
            try Data(file.bytes).write(to: beside)
            if let permissions {
                try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: beside.path)
            }
            guard rename(beside.path, url.path) == 0 else { throw CocoaError(.fileWriteUnknown) }
        } catch {
            unlink(beside.path)
            throw InstallationError(code: .file, operation: "write `\(file.path)`", message: "it cannot be written")
        }
    }

    public static func json(_ workload: Workload) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        var object = JSONObject()
        object["workload"] = .string("\(workload.tenant)/\(workload.tier)/\(workload.name)")
        object["identity"] = .string(workload.identity.description)
        if let timeToLive = workload.secretTimeToLive {
            object["secret"] = ["ttl": .string(timeToLive.description)]
        } else {
            object["issuer"] = .string(workload.issuer)
            object["subject"] = .string(workload.subject)
            object["audience"] = .string(workload.audience)
        }
        object["owner"] = text(workload.owner?.text)
        object["until"] = text(workload.end?.at.description)
        object["last_day"] = text(workload.end?.lastDay.description)
        object["place"] = .string(workload.place.description)
        return .object(object)
    }
}
