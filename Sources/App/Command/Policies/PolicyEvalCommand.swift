import ArgumentParser
import CEL
import ControlPlane
import StrictJSON

struct PolicyEvalCommand: FileCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval", abstract: "Evaluate one expression of the policy language and print its value as JSON.",
        discussion: """
            Types are looked at while it is evaluated, as those of the variables are not known before. Exit codes: 0 a \
            value, 1 an error, which is printed.
            """)

    // An expression may begin with a minus.
    @Option(parsing: .unconditional, help: "The expression (CEL).")
    var expr: String

    @Option(help: ArgumentHelp("Its variables: a JSON object. `-` is standard input.", valueName: "file"))
    var vars: String?

    @OptionGroup var options: GlobalOptions

    func run() async throws {
        let values = try variables()
        let environment = CELEnvironment(variables: values.mapValues { _ in .dyn })
        do {
            let program = try CELProgram.compile(expr, in: environment, checked: false)
            options.console.print(try program.evaluate(CELActivation(environment, values)).jsonText())
        } catch let problems as CELProblems {
            throw InstallationError(code: .usage, operation: "read the expression", message: "\(problems)")
        } catch let error as CELError {
            throw InstallationError(code: .usage, operation: "evaluate the expression", message: error.message)
        }
    }

    private func variables() throws -> [String: CELValue] {
        guard let vars else { return [:] }
        let operation = "read the variables in `\(vars)`"
        do {
            guard let object = try JSONParser.parse(try InputFile.read(vars)).object else {
                throw InstallationError(
                    code: .file, operation: operation, message: "they are an object of names and values")
            }
            return try Dictionary(
                object.members.map { ($0.name, try CELValue($0.value)) }, uniquingKeysWith: { first, _ in first })
        } catch let error as CELError {
            throw InstallationError(code: .file, operation: operation, message: error.message)
        } catch let error as JSONError {
            throw InstallationError(code: .file, operation: operation, message: "\(error)")
        }
    }
}
