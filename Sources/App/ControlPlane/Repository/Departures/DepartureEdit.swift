import AccessModel
import Definitions

/// Files with people taken out of tenants' role lists, and everything else as it was.
struct DepartureEdit {
    /// A line of a tenant's file that names somebody who does not belong there any more.
    struct Entry: Hashable {
        let file: String
        let line: Int
        let email: EmailAddress
    }

    /// Why a file is not edited.
    struct Refusal: Error, Hashable {
        let message: String
    }

    private(set) var files: [DefinitionFile]
    private(set) var changed: Set<String> = []

    init(_ files: [DefinitionFile]) { self.files = files }

    /// Takes one person out of every file that still names them, or leaves everything as it was.
    mutating func remove(_ entries: [Entry]) throws(Refusal) {
        var next = self
        for entry in entries.sorted(by: { ($0.file, $0.line) < ($1.file, $1.line) }) { try next.remove(entry) }
        let check = DefinitionCheck(DefinitionFolder.Contents(files: next.files))
        guard check.definitions != nil else {
            let first = check.diagnostics.first { $0.severity == .error }
            throw Refusal(message: "the files would not be valid then: \(first?.text ?? "")")
        }
        self = next
    }

    private mutating func remove(_ entry: Entry) throws(Refusal) {
        guard let index = files.firstIndex(where: { $0.path == entry.file }) else {
            throw Refusal(message: "`\(entry.file)` is not there")
        }
        let old = files[index]
        let new: DefinitionFile
        do throws(BrokenFile) {
            var editor = try TenantFileEditor(old)
            try editor.remove(entry.email)
            new = DefinitionFile(path: old.path, bytes: editor.bytes)
        } catch {
            throw Refusal(message: error.problems.first?.text ?? "`\(entry.file)` cannot be edited")
        }
        guard Self.differsOnly(by: entry.email, from: old, to: new) else {
            throw Refusal(message: "`\(entry.file)` would differ in more than \(entry.email)")
        }
        files[index] = new
        changed.insert(new.path)
    }

    /// Whether one line is gone that names the person, and at most its list's own line is another.
    private static func differsOnly(
        by email: EmailAddress, from old: DefinitionFile, to new: DefinitionFile
    ) -> Bool {
        func lines(_ file: DefinitionFile) -> [ArraySlice<UInt8>] {
            file.bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        }
        var removed: [ArraySlice<UInt8>] = []
        var inserted: [ArraySlice<UInt8>] = []
        for change in lines(new).difference(from: lines(old)) {
            switch change {
            case .remove(_, let line, _): removed.append(line)
            case .insert(_, let line, _): inserted.append(line)
            }
        }
        func names(_ line: ArraySlice<UInt8>) -> Bool {
            String(decoding: line, as: UTF8.self).lowercased().contains(email.text.lowercased())
        }
        // A file without a line feed at its end gets one.
        inserted.removeAll(where: \.isEmpty)
        guard removed.contains(where: names), !inserted.contains(where: names) else { return false }
        let others = removed.filter { !names($0) }
        guard removed.count - others.count == 1, others.count == inserted.count, others.count <= 1 else { return false }
        return zip(others, inserted).allSatisfy { old, new in
            String(decoding: new, as: UTF8.self).contains("[]") && new.starts(with: old.prefix { $0 != 0x3A })
        }
    }
}
