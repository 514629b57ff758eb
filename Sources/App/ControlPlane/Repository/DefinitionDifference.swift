import AccessModel
import Definitions

/// What definitions change from others, where nobody's people and targets are at hand to plan with: who enters and leaves
/// which list, and which other files are another.
struct DefinitionDifference {
    /// `+ payments contributors elena@mountainlab.io`, `- ...`, `~ targets.yaml`.
    let lines: [String]

    init(from old: [DefinitionFile], _ before: Organization?, to new: [DefinitionFile], _ after: Organization) {
        var lines: [String] = []
        let (left, right) = (Self.members(before), Self.members(after))
        for entry in Set(left).subtracting(right).sorted() { lines.append("- \(entry)") }
        for entry in Set(right).subtracting(left).sorted() { lines.append("+ \(entry)") }
        let (files, others) = (Self.contents(old), Self.contents(new))
        for path in Set(files.keys).union(others.keys).sorted() where files[path] != others[path] {
            let difference = LineDifference(from: files[path] ?? "", to: others[path] ?? "", around: 0)
            let added = difference.lines.count { $0.hasPrefix("+ ") }
            let removed = difference.lines.count { $0.hasPrefix("- ") }
            let what = files[path] == nil ? ", new" : others[path] == nil ? ", gone" : ""
            lines.append("~ \(path)\(what) (+\(added) -\(removed))")
        }
        self.lines = lines
    }

    private static func members(_ organization: Organization?) -> [String] {
        (organization?.tenants ?? []).flatMap { tenant in
            tenant.admins.map { "\(tenant.name) admins \($0.email)" }
                + tenant.contributors.map { "\(tenant.name) contributors \($0.email)" }
                + tenant.readers.map { "\(tenant.name) readers \($0.email)" }
        }
    }

    private static func contents(_ files: [DefinitionFile]) -> [String: String] {
        Dictionary(
            files.map { ($0.path, String(decoding: $0.bytes, as: UTF8.self)) }, uniquingKeysWith: { first, _ in first })
    }
}
