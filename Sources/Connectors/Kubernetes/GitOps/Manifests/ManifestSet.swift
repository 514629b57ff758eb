import ConnectorKit
import StrictJSON

/// All files of the folder at one commit, by their paths within it.
struct ManifestSet: Hashable, Sendable {
    private(set) var files: [String: ManifestFile] = [:]

    init(_ contents: [String: [UInt8]] = [:], _ marks: OwnerMarks) {
        files = contents.mapValues { ManifestFile($0, marks) }
    }

    /// Objects of Tenure's, in a stable order.
    var manifests: [Manifest] {
        files.sorted { $0.key < $1.key }.flatMap { $0.value.manifests.values.sorted { $0.key < $1.key } }
    }

    /// Files that cannot be read, as `payments-live.yaml:3: why`.
    var problems: [String] {
        files.sorted { $0.key < $1.key }.compactMap { file in file.value.problem.map { "\(file.key):\($0)" } }
    }

    private func files(with key: ManifestKey) -> [String] {
        files.filter { $0.value.manifests[key] != nil }.keys.sorted()
    }

    subscript(key: ManifestKey) -> Manifest? { files(with: key).first.flatMap { files[$0]?.manifests[key] } }

    /// Into the file where it belongs, and out of any other.
    mutating func put(_ manifest: Manifest) {
        for file in files(with: manifest.key) where file != manifest.key.file { files[file]?.remove(manifest.key) }
        files[manifest.key.file, default: ManifestFile()].put(manifest)
    }

    mutating func remove(_ key: ManifestKey) {
        for file in files(with: key) { files[file]?.remove(key) }
    }

    /// Why an object's file cannot be changed; nil where it can.
    func hindrance(to key: ManifestKey) -> String? { files[key.file]?.problem.map { "\(key.file):\($0)" } }

    /// What stands in each file; nothing for one in which nothing is left.
    var contents: [String: [UInt8]] { files.filter { !$0.value.isGone }.mapValues(\.bytes) }

    // MARK: Differences

    /// What makes one set out of another, object by object.
    struct Difference: Hashable, Sendable {
        var puts: [Manifest] = []
        var removes: [ManifestKey] = []

        var isEmpty: Bool { puts.isEmpty && removes.isEmpty }
    }

    func difference(from older: ManifestSet) -> Difference {
        let (new, old) = (manifests, older.manifests)
        let known = Dictionary(old.map { ($0.key, $0) }, uniquingKeysWith: { first, _ in first })
        let keys = Set(new.map(\.key))
        return Difference(
            puts: new.filter { known[$0.key] != $0 }, removes: old.map(\.key).filter { !keys.contains($0) }.sorted())
    }

    mutating func apply(_ difference: Difference) {
        for manifest in difference.puts { put(manifest) }
        for key in difference.removes { remove(key) }
    }
}

/// What one change asks of the repository.
struct ManifestEdit: Sendable {
    /// Objects as they should be.
    var puts: [Manifest] = []
    /// Names of objects of Tenure's that should be nowhere.
    var removedNames: Set<String> = []
    var removedKeys: [ManifestKey] = []
    /// Whom to take out of bindings that are for this.
    var takenOut: Taken?

    struct Taken: Sendable {
        let subject: RBACSubject
        let purpose: BindingName.Purpose
    }

    /// - Throws: `conflict` where a file that it is about cannot be read.
    func apply(to set: inout ManifestSet, operation: String) throws(ConnectorError) {
        if removedNames.isEmpty == false || takenOut != nil, let problem = set.problems.first {
            throw Self.conflict(problem, operation)
        }
        for key in puts.map(\.key) + removedKeys {
            if let problem = set.hindrance(to: key) { throw Self.conflict(problem, operation) }
        }
        for manifest in puts { set.put(manifest) }
        for key in removedKeys { set.remove(key) }
        for manifest in set.manifests where removedNames.contains(manifest.key.name) { set.remove(manifest.key) }
        if let takenOut { take(takenOut, out: &set) }
    }

    private static func conflict(_ problem: String, _ operation: String) -> ConnectorError {
        ConnectorError(
            code: .conflict, operation: operation, message: "the repository's file cannot be read: \(problem)")
    }

    private func take(_ taken: Taken, out set: inout ManifestSet) {
        for manifest in set.manifests where BindingName(manifest.key.name)?.purpose == taken.purpose {
            guard var object = manifest.object.object, let subjects = object["subjects"]?.array else { continue }
            object["subjects"] = .array(subjects.filter { RBACSubject($0) != taken.subject })
            if let rest = Manifest(.object(object)) { set.put(rest) }
        }
    }
}
