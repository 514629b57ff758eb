import Foundation
import Synchronization

/// Real systems that tests run on, installed by `Scripts/install-test-systems.sh`.
///
/// A test asks first: `guard let server = TestSystems.require("scim2-server") else { return }`. One that is not there
/// is said aloud and counted, never passed over in silence; with `TENURE_REQUIRE_TEST_SYSTEMS=1`, as CI sets it, it
/// ends the run as a failure.
public enum TestSystems {
    /// What was asked for and is not installed.
    public static var skipped: [String] { missing.withLock { $0 } }

    private static let missing = Mutex<[String]>([])

    /// Where the test systems are: `$TENURE_TEST_TOOLS`, or `.build/test-tools` under the package.
    public static var toolsDirectory: String {
        environment("TENURE_TEST_TOOLS") ?? packageDirectory + "/.build/test-tools"
    }

    /// The package's root, where `Package.swift` is.
    public static let packageDirectory: String = {
        var directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while directory.path != "/" {
            if FileManager.default.fileExists(atPath: directory.appendingPathComponent("Package.swift").path) {
                return directory.path
            }
            directory.deleteLastPathComponent()
        }
        return FileManager.default.currentDirectoryPath
    }()

    /// The path of an executable: in a virtual environment `TOOLS/*/bin`, on `$PATH`, in a system's `sbin`, or where Debian
    /// keeps PostgreSQL's.
    public static func find(_ name: String) -> String? {
        let tools = FileManager.default.enumerator(atPath: toolsDirectory).map { entries in
            entries.compactMap { entry in
                entries.skipDescendants()
                return entry as? String
            }
        }
        let path = (environment("PATH") ?? "").split(separator: ":").map(String.init)
        let directories =
            (tools ?? []).sorted().map { "\(toolsDirectory)/\($0)/bin" } + path + [
                "/usr/sbin", "/usr/local/sbin", "/sbin",
            ] + postgresqlDirectories
        return directories.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Where Debian keeps the programs of PostgreSQL's server, which are on nobody's path; the newest first.
    private static var postgresqlDirectories: [String] {
        let root = "/usr/lib/postgresql"
        let versions = (FileManager.default.enumerator(atPath: root)?.allObjects ?? []).compactMap { $0 as? String }
            .compactMap { Int($0) }
        return versions.sorted(by: >).map { "\(root)/\($0)/bin" }
    }

    /// The path of an executable, or nil after saying that a test was skipped for want of it.
    ///
    /// - Throws: ``Missing`` where missing systems are failures.
    public static func require(_ name: String, for test: String = #function) throws(Missing) -> String? {
        if let path = find(name) { return path }
        return try skip(name, for: test)
    }

    private static func skip(_ name: String, for test: String) throws(Missing) -> String? {
        missing.withLock { $0.append("\(test): \(name)") }
        let message = "SKIPPED: \(test): \(name) is not installed; run Scripts/install-test-systems.sh\n"
        FileHandle.standardError.write(Data(message.utf8))
        guard environment("TENURE_REQUIRE_TEST_SYSTEMS") != "1" else { throw Missing(system: name) }
        return nil
    }

    /// The path of a file or a folder of the tools', or nil after saying that a test was skipped for want of it.
    ///
    /// - Throws: ``Missing`` where missing systems are failures.
    public static func requireData(_ name: String, for test: String = #function) throws(Missing) -> String? {
        let path = "\(toolsDirectory)/\(name)"
        guard FileManager.default.fileExists(atPath: path) else { return try skip(name, for: test) }
        return path
    }

    /// A system that must be there and is not.
    public struct Missing: Error, CustomStringConvertible {
        public let system: String

        public var description: String {
            "`\(system)` is not installed, and TENURE_REQUIRE_TEST_SYSTEMS=1 asks for it; run Scripts/install-test-systems.sh"
        }
    }

    private static func environment(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }
}
