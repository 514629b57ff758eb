import ControlPlane
import Foundation
import HTTPTypes

/// The log in a file of its own while it is sent; the file is gone once nobody reads it any more.
final class ExportFile: Sendable {
    private let path: String
    private static let chunk = 1 << 16

    private init(_ path: String) { self.path = path }

    deinit { unlink(path) }

    /// Writes the log, under a checkpoint of now.
    static func make(of installation: Installation) async throws -> ExportFile {
        let folder = FileManager.default.temporaryDirectory
        let file = ExportFile(folder.appending(path: "tenure-export-\(UUID().uuidString)").path)
        _ = try await installation.export(to: file.path)
        return file
    }

    /// Read as fast as it is sent, and no faster.
    func stream() -> AsyncThrowingStream<[UInt8], any Error> {
        let reader = Result { try FileHandle(forReadingFrom: URL(filePath: path)) }
        return AsyncThrowingStream { [self] in
            try withExtendedLifetime(self) {
                guard let data = try reader.get().read(upToCount: Self.chunk), !data.isEmpty else { return nil }
                return Array(data)
            }
        }
    }
}

extension HTTPField.Name {
    /// What an export is verified with.
    static let verifierKey = HTTPField.Name("Tenure-Key") ?? .via
}
