/// What one evaluation works on.
struct Frame {
    /// Of the activation, at least as many as the environment has.
    let variables: UnsafeBufferPointer<CELValue?>
    /// The variable of the outermost macro around.
    var outermost: CELValue = .null
    /// Of the macros within it, the innermost last.
    var locals: [CELValue] = []
    var budget: Budget
}
