//! The `pgward` program: everything is in the library's [`pgward::cli`].

/// A large catalog is hundreds of thousands of small texts.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    pgward::cli::main()
}
