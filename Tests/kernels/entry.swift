import CKernelShim

/// What Tests/kernels/main.c calls: the table of the kernels that this file is compiled with.
@c(kernel_table_to_check)
public func tableToCheck() -> kernel_table { kernelTable() }
