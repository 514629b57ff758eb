import Answers
import ArgumentParser
import ControlPlane
import SCIMServer

struct SCIMClientAddCommand: AnswerCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Make a client. Its token is printed now, and never again.")

    @Argument(help: "The client's name, such as okta: lower-case letters, digits and dashes, 32 at most.")
    var name: String

    @Option(
        help: "Which person a user is: id, a person of its own, or employeeNumber, whose number is the person's id.")
    var personID: SCIMClient.PersonIdentity = .id

    @Option(help: "What becomes of a person who is set inactive or deleted: left or suspended.")
    var leaver: SCIMClient.Leaver = .left

    @OptionGroup var options: GlobalOptions

    func answer(_ installation: Installation) async throws -> Printout {
        .issued(try await installation.scimClients.add(name, personIdentity: personID, leaver: leaver))
    }

    func call(_ server: RemoteServer) -> RemoteCall {
        .post(
            "scim", "clients",
            body: [
                .init("name", name), .init("person_id", personID.rawValue), .init("leaver", leaver.rawValue),
            ])
    }
}

extension SCIMClient.PersonIdentity: ExpressibleByArgument {}
extension SCIMClient.Leaver: ExpressibleByArgument {}
