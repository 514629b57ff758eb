import TestSupport
import Testing
import WebServer

/// Requests whose end two readers might see in two places: one that stands in front of this server, and this server.
@Suite struct SmugglingTests {
    private static let hidden = "GET /hit HTTP/1.1\r\nHost: t\r\n\r\n"

    /// What is refused, and ends the connection: nothing behind it is a request.
    private static let refused: [String] = [
        // Two lengths of one body.
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3, 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: +3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: -1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 0x3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 3 3\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 18446744073709551619\r\n\r\nabc",
        "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 99999999999999999999999999\r\n\r\nabc",
        // A coding that is not the last, not known, or written so that one reader knows it and one does not.
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: \u{B}chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer\0-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nX: a\r\n\tTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        // Chunks.
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n0x0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhelloX\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n 5\r\nhello\r\n0\r\n\r\n",
        "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5;a\nb\r\nhello\r\n0\r\n\r\n",
        // Heads.
        "GET /hit HTTP/1.1\nHost: t\n\n",
        "GET /hit HTTP/1.1\r\nHost: t\nX: y\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nX: a\0b\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nX: a\rb\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nX Y: a\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nX : a\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\n: a\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nnoColon\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: t\r\nX: a\r\n b\r\n\r\n",
        "GET /hit HTTP/1.1\r\n\r\n", "GET /hit HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: a\r\nhOST: a\r\n\r\n", "GET /hit HTTP/1.1\r\nHost:\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: a b\r\n\r\n", "GET /hit HTTP/1.1\r\nHost: a/b\r\n\r\n",
        "GET /hit HTTP/1.1\r\nHost: u@a\r\n\r\n", "GET /hit HTTP/1.1\r\nHost: a,b\r\n\r\n",
        "GET /hit HTTP/1.1 \r\nHost: t\r\n\r\n", "GET\t/hit HTTP/1.1\r\nHost: t\r\n\r\n",
        "GET /hit HTTP/1.2.3\r\nHost: t\r\n\r\n", "GET /hit HTTP/9.9\r\nHost: t\r\n\r\n",
        "GET /hit http/1.1\r\nHost: t\r\n\r\n", "GET /hit\r\n\r\n", "GET /h\0it HTTP/1.1\r\nHost: t\r\n\r\n",
        "G\0T /hit HTTP/1.1\r\nHost: t\r\n\r\n", "(GET) /hit HTTP/1.1\r\nHost: t\r\n\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n",
        "CONNECT t:80 HTTP/1.1\r\nHost: t\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\u{FC}\u{3}\u{3}",
    ]

    @Test(arguments: refused.indices) func isRefusedAndEndsTheConnection(_ index: Int) async throws {
        // What announces more than ever comes is waited for, and no longer than that.
        try await HostileWorld.serve(WebSettings(idleTimeout: .seconds(2), bodyTimeout: .seconds(1))) { world, port in
            let connection = try RawConnection(port: port)
            await connection.send(Self.refused[index] + Self.hidden)
            let said = await connection.read()
            let shown = Self.refused[index].debugDescription
            #expect(said.isClosed, "\(shown): it goes on")
            #expect(said.answers.count <= 1, "\(shown): \(said.text)")
            #expect(said.answers.allSatisfy { (400...499).contains($0.status) }, "\(shown): \(said.text)")
            #expect(world.hits.withLock { $0.isEmpty }, "\(shown): \(world.hits.withLock { $0 })")
            #expect(try await world.isWell(port))
        }
    }

    /// What has one meaning has it, and what follows is the next request.
    @Test(arguments: [
        (
            "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
            "hello"
        ),
        ("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: CHUNKED\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "hello"),
        ("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        ("GET  /hit HTTP/1.1\r\nHost: t\r\n\r\n", "hit"), ("GET /hit  HTTP/1.1\r\nHost: t\r\n\r\n", "hit"),
        ("GET http://elsewhere.example/hit HTTP/1.1\r\nHost: t\r\n\r\n", "hit"),
    ])
    func isReadAsItStands(_ request: String, _ body: String) async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            await connection.send(request + Self.hidden)
            let answers = await connection.answers(2)
            #expect(answers.map(\.status) == [200, 200] && answers.map(\.body) == [body, "hit"], "\(answers)")
        }
    }

    /// Behind a good request anything can stand: it is refused by itself.
    @Test func garbageBehindARequest() async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            await connection.send(Self.hidden + "garbage\r\n\r\n" + Self.hidden)
            let said = await connection.read()
            #expect(said.isClosed && said.answers.map(\.status) == [200, 400], "\(said.text)")
            #expect(world.hits.withLock { $0 } == ["hit"])
        }
    }

    @Test func headsAndAddressesAreBounded() async throws {
        try await HostileWorld.serve { world, port in
            let long = String(repeating: "a", count: 9_000)
            let huge = String(repeating: "a", count: 4 << 20)
            let many = (0..<5_000).map { "X-\($0): y\r\n" }.joined()
            for (request, status) in [
                ("GET /items/\(long) HTTP/1.1\r\nHost: t\r\n\r\n", 414),
                ("GET /\(huge) HTTP/1.1\r\nHost: t\r\n\r\n", 400),
                ("GET /hit HTTP/1.1\r\nHost: t\r\nX: \(huge)\r\n\r\n", 400),
                ("GET /hit HTTP/1.1\r\nHost: t\r\n\(huge): x\r\n\r\n", 400),
                ("GET /hit HTTP/1.1\r\nHost: t\r\n\(many)\r\n", 400), ("\(huge) /hit HTTP/1.1\r\nHost: t\r\n\r\n", 400),
            ] {
                let connection = try RawConnection(port: port)
                await connection.send(request)
                let said = await connection.read()
                #expect(said.isClosed && said.answers.allSatisfy { $0.status == status || $0.status == 414 })
                #expect(said.answers.count <= 1, "\(request.prefix(40)): \(said.text.prefix(300))")
            }
            #expect(world.hits.withLock { $0.isEmpty })
            #expect(try await world.isWell(port))
        }
    }

    /// Chunk extensions and trailers that never end are not kept.
    @Test func extensionsAndTrailersAreBounded() async throws {
        try await HostileWorld.serve(WebSettings(bodyTimeout: .seconds(2))) { world, port in
            for tail in [
                "5;" + String(repeating: "a", count: 8 << 20), "0\r\n" + String(repeating: "X: y\r\n", count: 1 << 20),
            ] {
                let connection = try RawConnection(port: port)
                await connection.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n")
                await connection.send(tail)
                let said = await connection.read()
                #expect(said.isClosed)
                #expect(said.answers.allSatisfy { (400...499).contains($0.status) }, "\(said.text.prefix(300))")
            }
            #expect(world.hits.withLock { $0.isEmpty })
            #expect(try await world.isWell(port))
        }
    }

    /// Who is told that their body is too large hears it, though they were still sending.
    @Test func aRefusalIsHeardByWhoIsStillSending() async throws {
        try await HostileWorld.serve { world, port in
            for head in ["Content-Length: 9000000", "Transfer-Encoding: chunked"] {
                let connection = try RawConnection(port: port)
                let body = [UInt8](repeating: UInt8(ascii: "1"), count: 2 << 20)
                await connection.send("POST /echo HTTP/1.1\r\nHost: t\r\n\(head)\r\n\r\n")
                if head.hasPrefix("T") { await connection.send("800000\r\n") }
                await connection.send(body)
                let answer = await connection.read().answers
                #expect(answer.map(\.status) == [413], "\(head): \(answer)")
                #expect(answer.first?.headers["connection"] == "close")
            }
            #expect(world.hits.withLock { $0.isEmpty })
        }
    }

    /// An answer to HEAD has no body, whatever GET has: what stood there would be read as the next answer.
    @Test(arguments: ["/events", "/hit", "/big", "/none"]) func headHasNoBody(_ path: String) async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            await connection.send("HEAD \(path) HTTP/1.1\r\nHost: t\r\nConnection: close\r\n\r\n")
            let said = await connection.read().text
            #expect(said.hasSuffix("\r\n\r\n"), "\(said.suffix(200))")
            #expect(said.components(separatedBy: "\r\n\r\n").count == 2)
        }
    }

    /// Nothing behind a last answer is a request, however good it looks.
    @Test func nothingFollowsALastAnswer() async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            let body = String(repeating: "a", count: HostileWorld.echoLimit + 1)
            await connection.send(
                "POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: \(body.count)\r\n\r\n\(body)" + Self.hidden)
            let said = await connection.read()
            #expect(said.isClosed && said.answers.map(\.status) == [413])
            #expect(world.hits.withLock { $0.isEmpty })
        }
    }
}
