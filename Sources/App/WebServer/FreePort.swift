import NIOCore
import NIOPosix

/// A port to listen on, where none was chosen: addresses that the server gives out have to name it before it listens.
public enum FreePort {
    /// One that nobody listens on now.
    public static func find(on host: String) async throws -> Int {
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: host, port: 0).get()
        let port = channel.localAddress?.port ?? 0
        try await channel.close()
        return port
    }
}
