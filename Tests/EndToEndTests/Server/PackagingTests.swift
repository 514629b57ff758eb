import Foundation
import TestSupport
import Testing

/// The unit and the container's recipe, held to the real command, to what systemd says, and to the package.
@Suite struct PackagingTests {
    private static func text(_ path: String) throws -> String {
        try String(contentsOfFile: TestSystems.packageDirectory + "/" + path, encoding: .utf8)
    }

    // MARK: The unit

    /// The lines `Key=value` of a unit.
    private struct Unit {
        let lines: [(key: String, value: String)]

        init() throws {
            lines = try PackagingTests.text("Packaging/tenure.service").split(separator: "\n")
                .filter { !$0.hasPrefix("#") && !$0.hasPrefix("[") }
                .map { line in
                    let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                    return (String(parts[0]), parts.count > 1 ? String(parts[1]) : "")
                }
        }

        func all(_ key: String) -> [String] { lines.filter { $0.key == key }.map(\.value) }
        func value(_ key: String) -> String? { all(key).last }
        var commands: [String] { lines.filter { $0.key.hasPrefix("Exec") }.map(\.value) }
        var environment: [String: String] {
            all("Environment").flatMap { $0.split(separator: " ") }.reduce(into: [:]) { all, pair in
                let parts = pair.split(separator: "=", maxSplits: 1).map(String.init)
                all[parts[0]] = parts.last
            }
        }
    }

    /// Options of a command line, and the command that takes them.
    private func expectTaken(_ line: [String], in rehearsal: Rehearsal, _ place: String) async throws {
        let words = line.prefix { !$0.hasPrefix("-") }
        let help = try await rehearsal.run(words + ["--help"])
        #expect(help.status == 0, "\(place): \(help.everything)")
        for option in line where option.hasPrefix("--") {
            let name = option.prefix { $0 != "=" }
            #expect(help.output.contains(name), "\(place): `tenure \(words.joined(separator: " "))` has no `\(name)`")
        }
    }

    @Test func theUnitStartsWhatThereIs() async throws {
        let unit = try Unit()
        let rehearsal = try Rehearsal()
        #expect(unit.commands.count == 2)
        for line in unit.commands {
            let words = line.split(separator: " ").map(String.init)
            #expect(words.first == "/usr/bin/tenure")
            try await expectTaken(Array(words.dropFirst()), in: rehearsal, "the unit")
        }
        // The worker that its comments speak of is started in the same way.
        let serve = try #require(unit.value("ExecStart")).split(separator: " ").map(String.init)
        try await expectTaken(["worker"] + serve.dropFirst(2), in: rehearsal, "the worker's unit")
        // What it sets is what the command reads.
        let known = try Self.text("docs/reference/configuration.md")
        #expect(!unit.environment.isEmpty)
        for name in unit.environment.keys {
            let setting = name.dropFirst("TENURE_".count).lowercased().replacing("_", with: ".")
            #expect(known.contains("| `\(setting)` |"), "\(name)")
        }
    }

    /// Under `ProtectSystem=strict` nothing can be written but what the unit names.
    @Test func theUnitMayWriteItsState() throws {
        let unit = try Unit()
        #expect(unit.value("ProtectSystem") == "strict" && unit.value("DynamicUser") == "yes")
        let state = try #require(unit.value("StateDirectory").map { "/var/lib/" + $0 })
        let writable = [state] + unit.all("ReadWritePaths").flatMap { $0.split(separator: " ").map(String.init) }
        func isWritable(_ path: String) -> Bool { writable.contains { path == $0 || path.hasPrefix($0 + "/") } }
        for name in ["TENURE_STATE", "TENURE_KEYS"] {
            let path = try #require(unit.environment[name])
            #expect(isWritable(path), "\(name)=\(path)")
        }
        // Without a word of where, the state is below the working directory.
        #expect(isWritable(try #require(unit.value("WorkingDirectory"))))
        #expect(unit.value("StateDirectoryMode") == "0700" && unit.value("UMask") == "0077")
        let folder = try #require(unit.value("ConfigurationDirectory").map { "/etc/" + $0 + "/" })
        for command in unit.commands {
            let file = command.split(separator: " ").last.map(String.init) ?? ""
            #expect(file.hasPrefix(folder), "\(command)")
        }
        // Longer than the server takes to end by itself.
        let grace = try #require(
            try Self.text("docs/reference/configuration.md").firstMatch(of: /`stop_grace` \|[^|]*\| `(\d+)s`/))
        let stop = try #require(unit.value("TimeoutStopSec")?.firstMatch(of: /^(\d+)s$/))
        #expect(try #require(Int(stop.1)) > #require(Int(grace.1)))
    }

    /// systemd's own opinion: it names every key that it does not know. Where it is not installed, nobody is asked.
    @Test func systemdTakesTheUnit() async throws {
        guard let analyze = TestSystems.find("systemd-analyze") else { return }
        let folder = try TemporaryFolder()
        let executable = try TenureCommand(in: folder.path("")).executable
        let unit = try Self.text("Packaging/tenure.service").replacing("/usr/bin/tenure", with: executable)
        func verify(_ text: String) async throws -> String {
            try Data(text.utf8).write(to: URL(filePath: folder.path("tenure.service")))
            let run = try await ProgramRun.run(analyze, ["verify", "--man=no", folder.path("tenure.service")])
            return run.status == 0 ? run.output : "status \(run.status): \(run.output)"
        }
        #expect(try await verify(unit).isEmpty)
        #expect(try await verify(unit.replacing("ProtectClock", with: "ProtectClocks")).contains("ProtectClocks"))
    }

    // MARK: The recipe

    @Test func theRecipeBuildsWhatThereIs() async throws {
        let recipe = try Self.text("Packaging/Containerfile").replacing("\\\n", with: " ")
        let lines = recipe.split(separator: "\n").filter { !$0.hasPrefix("#") }.map(String.init)
        let package = try Self.text("Package.swift")
        let products = recipe.matches(of: /--product (\S+)/).map { String($0.1) }
        #expect(products == ["tenure"])
        for name in products {
            #expect(package.contains("name: \"\(name)\""), "there is no product \(name)")
            #expect(
                recipe.contains(".build/release/\(name) /out/\(name)")
                    && recipe.contains("COPY --from=build /out/\(name) "))
        }
        // Every folder that a target is in is copied, and is there.
        let copied = Set(
            lines.filter { $0.hasPrefix("COPY ") && !$0.contains("--from") }
                .flatMap { $0.split(separator: " ").dropFirst().dropLast().map(String.init) })
        let folders = Set(package.matches(of: /path: "([^\/"]+)/).map { String($0.1) }).union(["Tests"])
        #expect(folders.subtracting(copied) == [])
        for path in copied {
            #expect(FileManager.default.fileExists(atPath: TestSystems.packageDirectory + "/" + path), "\(path)")
        }
        // What the package asks Debian for is installed where it is built, and a library of each where it runs.
        let stages = recipe.components(separatedBy: "\nFROM ")
        #expect(stages.count == 2 || stages.count == 3)
        for name in package.matches(of: /\.apt\(\["([^"]+)"\]\)/).map({ String($0.1) }) {
            #expect(stages.dropLast().joined().contains(" \(name) "), "\(name) is not installed to build")
            let library = name.replacing("-dev", with: "")
            let stem = library.filter { $0.isLetter }
            #expect((stages.last ?? "").contains(stem), "no library of \(name) is installed to run")
        }
    }

    @Test func theRecipeStartsWhatThereIs() async throws {
        let recipe = try Self.text("Packaging/Containerfile").replacing("\\\n", with: " ")
        let command = try #require(recipe.firstMatch(of: /\nCMD \["([^"]+)"\]/)).1
        try await expectTaken([String(command)], in: try Rehearsal(), "the recipe")
        #expect(recipe.contains("ENTRYPOINT [\"/usr/bin/tenure\"]"))
        let volume = try #require(recipe.firstMatch(of: /\nVOLUME (\S+)/)).1
        for name in ["TENURE_STATE", "TENURE_KEYS"] {
            let path = try #require(recipe.firstMatch(of: try Regex("\(name)=(\\S+)"))?.output[1].substring)
            #expect(path == volume || path.hasPrefix(volume + "/"), "\(name)")
        }
        let port = try #require(recipe.firstMatch(of: /\nEXPOSE (\d+)/)).1
        #expect(try Self.text("docs/reference/configuration.md").contains("| `listen.port` | 0 to 65535 | `\(port)` |"))
        #expect(!recipe.contains(/\nUSER (root|0)\b/) && recipe.contains(/\nUSER \d+:\d+/))
    }
}
