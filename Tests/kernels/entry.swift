import CKernelShim

/// What Tests/kernels/main.c calls: the table of the kernels that this file is compiled with.
@c public func kernel_table_to_check() -> kernel_table { kernelTable() }
