import AccessModel
import ConnectorKit
import DirectoryConnector
import Foundation
import TestSupport
import Testing

/// A torn end is forgotten, any other damage is refused, and nothing of it is ever taken for an empty directory.
@Suite struct DirectoryDamageTests {
    @Test func aFileCutAtAnyByteShowsAWholeStateOrAnError() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        try await directory.add(sampleGroup(1))
        let first = try world.bytes().count
        try await directory.add(sampleGroup(2))
        let bytes = try world.bytes()
        for length in 0..<bytes.count {
            try world.write(bytes[..<length])
            let directory = try world.make()
            do throws(ConnectorError) {
                let keys = try await directory.keys()
                #expect(keys == ["group group-1"], "cut at \(length) of \(bytes.count)")
                #expect(length >= first, "cut at \(length), inside of the first batch")
            } catch {
                #expect(error.code == .incomplete, "cut at \(length): \(error)")
                #expect(length < first, "a torn end was refused at \(length): \(error)")
            }
        }
    }

    @Test func aTornEndIsWrittenOver() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        try await directory.add(sampleGroup(1))
        try await directory.add(sampleGroup(2))
        try world.write(try world.bytes().dropLast(9))
        let next = try world.make()
        try await next.add(sampleGroup(3))
        #expect(try await world.make().keys() == ["group group-1", "group group-3"])
        #expect(try await directory.keys() == ["group group-1", "group group-3"])
    }

    @Test func anAlteredByteIsRefused() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        for number in 1...3 { try await directory.add(sampleGroup(number)) }
        let bytes = try world.bytes()
        for position in stride(from: 0, to: bytes.count, by: 3) {
            var altered = bytes
            altered[position] ^= 0x01
            try world.write(altered)
            let error = await #expect(throws: ConnectorError.self, "flipped at \(position)") {
                try await world.make().keys()
            }
            #expect(error?.code == .incomplete || error?.code == .configuration)
        }
    }

    @Test func aHoleAtTheEndIsATornWrite() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        try await directory.add(sampleGroup(1))
        let first = try world.bytes().count
        try await directory.add(sampleGroup(2))
        var bytes = try world.bytes()
        for position in first..<(first + 20) { bytes[position] = 0 }
        try world.write(bytes)
        #expect(try await world.make().keys() == ["group group-1"])
    }

    @Test func aDirectoryThatVanishedIsNotEmpty() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        let directory = try world.make()
        #expect(try await directory.keys().isEmpty)
        try await directory.add(sampleGroup(1))
        try FileManager.default.removeItem(atPath: world.path)
        for connector in [directory, try world.make()] {
            let error = await #expect(throws: ConnectorError.self) { try await connector.keys() }
            #expect(error?.code == .incomplete)
            #expect(error?.message.contains("has vanished") == true)
            await #expect(throws: ConnectorError.self) { try await connector.add(sampleGroup(2)) }
        }
        #expect(!FileManager.default.fileExists(atPath: world.path))
    }

    @Test func anotherDirectoryInItsPlaceIsRefused() async throws {
        let (world, other) = (try DirectoryWorld(), try DirectoryWorld())
        defer {
            world.remove()
            other.remove()
        }
        try await world.make().add(sampleGroup(1))
        try await other.make().add(sampleGroup(2))
        try world.write(try other.bytes())
        let error = await #expect(throws: ConnectorError.self) { try await world.make().keys() }
        #expect(error?.code == .configuration)
    }

    @Test func lookingAtWhatIsNotThereLeavesNothingBehind() async throws {
        let world = try DirectoryWorld()
        defer { world.remove() }
        #expect(try await world.make().keys().isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: world.folder).isEmpty)
    }
}
