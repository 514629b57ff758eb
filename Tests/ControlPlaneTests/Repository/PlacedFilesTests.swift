import ConnectorKit
import Foundation
import TestSupport
import Testing

@testable import ControlPlane

/// A repository of somebody's, and a copy that follows it: a real git.
struct FollowedPlace {
    let folder: TemporaryFolder
    let repository: DefinitionRepository

    var work: String { folder.path("work") }
    var copy: String { folder.path("copy") }

    init() async throws {
        folder = try TemporaryFolder()
        repository = try DefinitionRepository(
            url: "file://" + folder.path("work"), branch: "main", folder: folder.path("copy"))
        try await git("init", "--quiet", "--initial-branch", "main", work)
    }

    func git(_ arguments: String...) async throws {
        let path = try #require(TestSystems.find("git"))
        let own = ["-C", FileManager.default.fileExists(atPath: work) ? work : folder.path]
        let identity = ["-c", "user.name=T", "-c", "user.email=t@mountainlab.io", "-c", "commit.gpgsign=false"]
        let run = try await ProgramRun.run(path, own + identity + arguments)
        #expect(run.status == 0, "\(run.output)")
    }

    func write(_ text: String, to path: String) throws {
        let url = URL(filePath: work + "/" + path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: url)
    }

    /// What the files are is stored as it is; what `attributes` say of them comes into the same commit afterwards.
    func commit(attributes: String? = nil) async throws {
        try await git("add", "--all")
        if let attributes {
            try write(attributes, to: ".gitattributes")
            try await git("add", ".gitattributes")
        }
        try await git("commit", "--quiet", "--allow-empty", "-m", "another")
    }

    /// Fetches what is new and places it.
    func follow() async throws -> [String] { try await repository.place(try await repository.fetch()) }

    func placed(_ path: String) -> String? {
        FileManager.default.contents(atPath: copy + "/" + path).map { String(decoding: $0, as: UTF8.self) }
    }
}

@Suite(.serialized) struct PlacedFilesTests {
    @Test func everyFileIsThereAsTheRepositoryHoldsIt() async throws {
        let place = try await FollowedPlace()
        let latin = "# \u{e2}\u{20ac}\u{a8}\n"
        try place.write("one\ntwo\n", to: "certs/ca.pem")
        try place.write(latin, to: "platform.yaml")
        try FileManager.default.createSymbolicLink(atPath: place.work + "/link", withDestinationPath: "/etc/hostname")
        try await place.commit(attributes: "* text eol=crlf\nplatform.yaml working-tree-encoding=CP1252\n")
        let problems = try await place.follow()
        #expect(place.placed("certs/ca.pem") == "one\ntwo\n")
        #expect(place.placed("platform.yaml") == latin)
        #expect(problems == ["`link`: this is not a regular file"])
        #expect(!FileManager.default.fileExists(atPath: place.copy + "/link"))
        let contents = try await place.repository.contents(at: try await place.repository.fetch())
        #expect(contents.files.map(\.bytes) == [Array(latin.utf8)])
    }

    @Test func theNextCommitTakesAwayAndAddsAndLeavesTheRest() async throws {
        let place = try await FollowedPlace()
        try place.write("gone", to: "old/deep/gone")
        try place.write("kept", to: "kept")
        try place.write("first", to: "changed")
        try await place.commit()
        #expect(try await place.follow() == [])
        // A target's state and a secret are nobody's in the repository.
        try Data("state".utf8).write(to: URL(filePath: place.copy + "/kept"))
        try Data("secret".utf8).write(to: URL(filePath: place.copy + "/secret"))
        try FileManager.default.removeItem(atPath: place.work + "/old")
        try place.write("second", to: "changed")
        try place.write("new", to: "more/new")
        try await place.commit()
        #expect(try await place.follow() == [])
        #expect(!FileManager.default.fileExists(atPath: place.copy + "/old"))
        #expect(place.placed("changed") == "second" && place.placed("more/new") == "new")
        #expect(place.placed("kept") == "state" && place.placed("secret") == "secret")
        // What was lost comes back with the next commit.
        try FileManager.default.removeItem(atPath: place.copy + "/kept")
        try await place.commit()
        #expect(try await place.follow() == [])
        #expect(place.placed("kept") == "kept")
    }

    @Test func noLinkIsFollowedAndWhatIsInTheWayStays() async throws {
        let place = try await FollowedPlace()
        let outside = place.folder.path("outside")
        try FileManager.default.createDirectory(atPath: outside + "/sub", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(
            atPath: place.copy + "/folder/inside", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: place.copy + "/certs", withDestinationPath: outside)
        try FileManager.default.createSymbolicLink(
            atPath: place.copy + "/name", withDestinationPath: outside + "/target")
        for path in ["certs/ca.pem", "certs/sub/ca.pem", "name", "folder"] { try place.write("theirs", to: path) }
        try await place.commit()
        let problems = try await place.follow()
        #expect(problems.map { $0.prefix { $0 != ":" } } == ["`certs/ca.pem`", "`certs/sub/ca.pem`", "`folder`"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["sub"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside + "/sub").isEmpty)
        // A link in the place of the file itself makes way for the file.
        #expect(place.placed("name") == "theirs")
        // Nor is anything removed behind one.
        try Data("ours".utf8).write(to: URL(filePath: outside + "/ca.pem"))
        try FileManager.default.removeItem(atPath: place.work + "/certs")
        try await place.commit()
        _ = try await place.follow()
        #expect(FileManager.default.fileExists(atPath: outside + "/ca.pem"))
    }

    @Test func whatGitCheckedOutOnceIsTakenOver() async throws {
        let place = try await FollowedPlace()
        try place.write("gone", to: "tenants/gone.yaml")
        try place.write("a\n", to: "kept")
        try await place.commit(attributes: "* text eol=crlf\n")
        let first = try await place.repository.fetch()
        let git = ["--git-dir", place.copy + "/.git", "--work-tree", place.copy]
        let path = try #require(TestSystems.find("git"))
        let run = try await ProgramRun.run(
            path, git + ["-c", "core.bare=false", "checkout", "--quiet", "--force", "--detach", first])
        #expect(run.status == 0 && place.placed("kept") == "a\r\n", "\(run.output)")
        try FileManager.default.removeItem(atPath: place.work + "/tenants")
        try await place.commit()
        #expect(try await place.follow() == [])
        #expect(place.placed("kept") == "a\n" && place.placed("tenants/gone.yaml") == nil)
    }

    @Test func aListThatWasCutOffIsNoList() throws {
        let folder = try TemporaryFolder()
        let list = PlacedList(
            commit: "c0ffee", files: [PlacedList.Path("é"): "1", PlacedList.Path("e\u{301}"): "2"])
        for end in 0...list.bytes.count {
            try Data(list.bytes[..<end]).write(to: URL(filePath: folder.path("list")))
            let read = PlacedList(at: folder.path("list"))
            #expect(end == list.bytes.count ? read == list : read?.files.count ?? 0 < 2, "\(end)")
        }
    }

    @Test(
        arguments: [
            "", "/etc/passwd", "a//b", "a/", ".", "..", "a/../b", "./a", ".git", ".git/config", "a/.GIT/hooks",
            "a\u{0}b",
            "a\nb", "a\\b", "a/\u{7f}", String(repeating: "a", count: 256),
        ])
    func aNameThatLeadsElsewhereIsRefused(_ path: String) {
        #expect(!LinklessFolder.admits(path))
    }

    @Test(arguments: ["a", "a/b.pem", ".gitattributes", "..a", "a/\u{338}b", "git"])
    func anyOtherNameIsFine(_ path: String) { #expect(LinklessFolder.admits(path)) }

    /// A slash that a character swallows is a slash to the system all the same.
    @Test func aSlashWithinACharacterFollowsNoLinkEither() async throws {
        let place = try await FollowedPlace()
        let outside = place.folder.path("outside")
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: place.copy, withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: place.copy + "/certs", withDestinationPath: outside)
        let folder = try #require(LinklessFolder(place.copy))
        #expect(throws: LinklessFolder.Trouble.self) { try folder.put([1], at: "certs/\u{338}ca") }
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside).isEmpty)
    }

    // MARK: Locks of runs that were killed

    @Test func aCheckoutThatWasKilledIsInNobodysWay() async throws {
        let place = try await FollowedPlace()
        try place.write("first", to: "file")
        try await place.commit()
        #expect(try await place.follow() == [])
        try Data().write(to: URL(filePath: place.copy + "/.git/index.lock"))
        try place.write("second", to: "file")
        try await place.commit()
        #expect(try await place.follow() == [])
        #expect(place.placed("file") == "second")
    }

    @Test func aFetchThatWasKilledIsInTheWayForAWhileOnly() async throws {
        let place = try await FollowedPlace()
        try place.write("first", to: "file")
        try await place.commit()
        let first = try await place.repository.fetch()
        let lock = place.copy + "/.git/refs/remotes/origin/followed.lock"
        try Data().write(to: URL(filePath: lock))
        try place.write("second", to: "file")
        try await place.commit()
        // It may be that of a run that goes on.
        await #expect(throws: ConnectorError.self) { try await place.repository.fetch() }
        #expect(FileManager.default.fileExists(atPath: lock))
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -3_600)], ofItemAtPath: lock)
        #expect(try await place.repository.fetch() != first)
    }
}
