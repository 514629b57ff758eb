import TestSupport
import Testing
import WebServer

/// Who sends or takes so slowly that others would wait for them.
@Suite struct SlownessTests {
    private static let soon = WebSettings(idleTimeout: .seconds(3), bodyTimeout: .seconds(1))

    /// Sends one piece after the other until nobody listens any more; how long that took.
    private func drip(_ head: String, _ piece: String, _ port: Int) async throws -> Duration {
        let begun = ContinuousClock.now
        let connection = try RawConnection(port: port)
        await connection.send(head)
        while ContinuousClock.now - begun < .seconds(60) {
            guard await connection.send(piece) else { break }
            if await connection.read(quiet: .milliseconds(100)).isClosed { break }
        }
        return ContinuousClock.now - begun
    }

    /// A byte now and then is not a request under way.
    @Test(arguments: [
        ("GET /hit HTTP/1.1\r\nHost: t\r\n", "X: y\r\n"), ("GET /hit", "a"), ("", "\r\n"), ("GET ", "/"),
    ])
    func aHeadThatNeverEnds(_ head: String, _ piece: String) async throws {
        try await HostileWorld.serve(Self.soon) { world, port in
            let taken = try await drip(head, piece, port)
            #expect(taken < .seconds(50), "\(taken)")
            #expect(world.hits.withLock { $0.isEmpty })
        }
    }

    @Test func aBodyThatNeverEnds() async throws {
        // On a busy machine the one end may come as late as the other: this one is asked for.
        try await HostileWorld.serve(WebSettings(idleTimeout: .seconds(30), bodyTimeout: .seconds(1))) { world, port in
            let head = "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
            let connection = try RawConnection(port: port)
            await connection.send(head + "1\r\na\r\n")
            let said = await connection.read()
            #expect(said.isClosed && said.answers.map(\.status) == [408], "\(said.text)")
            #expect(try await drip(head, "1\r\na\r\n", port) < .seconds(50))
            #expect(world.hits.withLock { $0.isEmpty })
        }
    }

    /// Whoever has made too many requests cannot keep the connection by what they still send.
    @Test func aBodyThatNeverEndsBehindARefusal() async throws {
        var settings = Self.soon
        settings.requestsPerSecond = 1
        try await HostileWorld.serve(settings) { world, port in
            let first = try RawConnection(port: port)
            await first.send("GET /hit HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(await first.answers(1).first?.status == 200)
            let head = "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n"
            #expect(try await drip(head, "1\r\na\r\n", port) < .seconds(50))
        }
    }

    @Test(arguments: ["Content-Length: 10\r\n\r\nabc", "Transfer-Encoding: chunked\r\n\r\n5\r\nab"])
    func aBodyThatIsBrokenOff(_ rest: String) async throws {
        try await HostileWorld.serve { world, port in
            let connection = try RawConnection(port: port)
            await connection.send("POST /echo HTTP/1.1\r\nHost: t\r\n" + rest)
            connection.finish()
            let said = await connection.read()
            #expect(said.isClosed && said.answers.allSatisfy { $0.status == 400 }, "\(said.text)")
            #expect(world.hits.withLock { $0.isEmpty })
            #expect(try await world.isWell(port))
        }
    }

    /// A route that has a gate asks it once, before anything of the body is read, and only where there is one.
    @Test(arguments: ["Content-Length: 4000000", "Transfer-Encoding: chunked"])
    func aBodyOfWhomNobodyListensTo(_ length: String) async throws {
        try await HostileWorld.serve(WebSettings(idleTimeout: .seconds(120), bodyTimeout: .seconds(90))) {
            world, port in
            let head = "POST /guarded/7 HTTP/1.1\r\nHost: t\r\n"
            for rest in ["", "Expect: 100-continue\r\n"] {
                let stranger = try RawConnection(port: port)
                let begun = ContinuousClock.now
                await stranger.send(head + rest + length + "\r\n\r\n")
                let said = await stranger.read()
                #expect(said.isClosed && said.answers.map(\.status) == [401], "\(said.text)")
                #expect(ContinuousClock.now - begun < .seconds(45))
            }
            #expect(world.hits.withLock { $0 } == ["gate 7 0", "gate 7 0"])
            let guest = try RawConnection(port: port)
            await guest.send(head + "Authorization: x\r\nContent-Length: 3\r\n\r\nabc")
            await guest.send(head + "\r\n")
            #expect(await guest.answers(2).map(\.status) == [200, 200])
            #expect(world.hits.withLock { $0.dropFirst(2) } == ["gate 7 0", "guarded 3", "guarded 0"])
        }
    }

    /// A server that waits for ever for somebody to take an answer can be filled with such waiting.
    @Test func anAnswerThatNobodyTakes() async throws {
        // Long enough that both have asked before it is over, also on a busy machine.
        var settings = WebSettings(idleTimeout: .seconds(15), bodyTimeout: .seconds(1))
        settings.maximumConnections = 2
        try await HostileWorld.serve(settings) { world, port in
            let lazy = try (0..<2).map { _ in try RawConnection(port: port, receiveBuffer: 4_096) }
            for connection in lazy { await connection.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n") }
            // A third is answered once the others were given up.
            let third = try RawConnection(port: port)
            await third.send("GET /hit HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(await third.answers(1, quiet: .seconds(120)).first?.status == 200)
            #expect(world.hits.withLock { $0.filter { $0 == "big" }.count } == 2)
        }
    }

    /// Who takes an answer slowly, but takes it, gets all of it.
    @Test func anAnswerThatIsTakenSlowly() async throws {
        try await HostileWorld.serve(Self.soon) { world, port in
            let connection = try RawConnection(port: port)
            await connection.send("GET /big HTTP/1.1\r\nHost: t\r\n\r\n")
            let answer = await connection.answers(1).first
            #expect(answer?.status == 200 && answer?.body.utf8.count == 24 << 20)
        }
    }

    /// Connections on which nothing is said do not keep others out for longer than the time that they have.
    @Test func connectionsOnWhichNothingIsSaid() async throws {
        var settings = Self.soon
        settings.maximumConnections = 8
        try await HostileWorld.serve(settings) { world, port in
            let silent = try (0..<32).map { _ in try RawConnection(port: port) }
            let other = try RawConnection(port: port)
            await other.send("GET /hit HTTP/1.1\r\nHost: t\r\n\r\n")
            #expect(await other.answers(1, quiet: .seconds(60)).first?.status == 200)
            #expect(silent.count == 32)
        }
    }
}
