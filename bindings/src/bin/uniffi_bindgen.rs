//! Writes bindings from the built library; run by `cargo xtask`.

fn main() {
    uniffi::uniffi_bindgen_main()
}
