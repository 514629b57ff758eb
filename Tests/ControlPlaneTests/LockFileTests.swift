import Foundation
import Glibc
import TestSupport
import Testing

@testable import ControlPlane

@Suite("The file of a lock") struct LockFileTests {
    private let files: TemporaryFolder

    init() throws { files = try TemporaryFolder() }

    @Test func itIsOneHoldersAlone() throws {
        let (first, second) = (try LockFile(files.path("a/lock")), try LockFile(files.path("a/lock")))
        #expect(first.takeIfFree())
        #expect(!second.takeIfFree())
        withExtendedLifetime(first) {}
    }

    /// A child that is just being started has every open file of its parent until it is another program.
    @Test func aChildThatIsBeingStartedDoesNotKeepIt() throws {
        let path = files.path("lock")
        var holder: LockFile? = try LockFile(path)
        #expect(holder?.takeIfFree() == true)
        let child = try #require(try descriptors(of: path).first.map { dup($0) })
        defer { close(child) }
        holder = nil
        #expect(try LockFile(path).takeIfFree())
    }

    @Test func whatIsInAFolderThatCannotBeMadeIsRefused() throws {
        try Data().write(to: URL(filePath: files.path("file")))
        let error = #expect(throws: InstallationError.self) { try LockFile(files.path("file/lock")) }
        #expect(error?.code == .file)
    }

    private func descriptors(of path: String) throws -> [Int32] {
        try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap(Int32.init).filter {
            var (mine, named) = (stat(), stat())
            return fstat($0, &mine) == 0 && stat(path, &named) == 0 && mine.st_ino == named.st_ino
                && mine.st_dev == named.st_dev
        }
    }
}
