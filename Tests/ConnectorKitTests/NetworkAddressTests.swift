import ConnectorKit
import Testing

@Suite struct NetworkAddressTests {
    @Test(
        arguments: [
            [10, 1, 2, 3], [127, 0, 0, 1], [127, 9, 9, 9], [169, 254, 169, 254], [172, 16, 0, 1], [172, 31, 255, 255],
            [192, 168, 0, 1], [100, 64, 0, 1], [0, 0, 0, 0], [198, 18, 0, 1], [203, 0, 113, 7], [224, 0, 0, 1],
            [255, 255, 255, 255], [192, 0, 0, 8],
        ] as [[UInt8]])
    func whatIsNobodysInTheInternetIsNotPublic(_ bytes: [UInt8]) throws {
        #expect(try !#require(NetworkAddress(bytes)).isPublic)
        // The same, written as IPv6.
        let mapped = [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + bytes
        #expect(try !#require(NetworkAddress(mapped)).isPublic)
    }

    @Test(
        arguments: [
            [8, 8, 8, 8], [172, 15, 0, 1], [172, 32, 0, 1], [100, 63, 0, 1], [100, 128, 0, 1], [193, 0, 0, 1],
            [0x26, 0x06, 0x47, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1],
        ] as [[UInt8]])
    func theInternetIs(_ bytes: [UInt8]) throws { #expect(try #require(NetworkAddress(bytes)).isPublic) }

    @Test(
        arguments: [
            "::1", "::", "fe80::1", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "::ffff:10.0.0.1",
        ])
    func noneOfTheseIsPublic(_ text: String) async throws {
        let found = await NetworkAddress.resolve(text)
        #expect(found.count == 1 && found.allSatisfy { !$0.isPublic })
    }

    @Test func namesOfThisMachineLeadToIt() async {
        for name in ["localhost", "127.0.0.1", "127.1", "2130706433", "0x7f000001"] {
            let found = await NetworkAddress.resolve(name)
            #expect(!found.isEmpty && found.allSatisfy(\.isLoopback), "\(name): \(found)")
        }
        #expect(await NetworkAddress.resolve("no-such-host.invalid").isEmpty)
    }
}
