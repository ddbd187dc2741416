// A flip-flop that the block RAM before it has itself.
(* techmap_celltype = "TRELLIS_FF" *)
module spikeforge_word_register(input CLK, LSR, CE, DI, M, output Q);
    parameter GSR = "ENABLED";
    parameter CEMUX = "1";
    parameter CLKMUX = "CLK";
    parameter LSRMUX = "LSR";
    parameter LSRMODE = "LSR";
    parameter SRMODE = "LSR_OVER_CE";
    parameter REGSET = "RESET";
    assign Q = DI;
endmodule
